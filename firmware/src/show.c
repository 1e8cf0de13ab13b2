/* What the tower shows and says: the outgoing half of tower.h. */
#include <string.h>

#include "draw.h"
#include "tower.h"
#include "version.h"
#include "wire.h"

static void blink_lamps(const struct tower *tower, uint8_t *lamps)
{
    for (uint8_t i = 0; i < lamp_count(&tower->picture); i++)
        if (tower->blink_ticks[i] > BLINK_DARK_TICKS)
            lamps[i] = SHADE_WHITE_HALF;
}

static uint16_t load_of(const uint8_t *shades, uint8_t count)
{
    uint16_t load = 0;
    for (; count; count--)
        if (*shades++)
            load = (uint16_t)(load + shade_load(shades[-1]));
    return load;
}

bool tower_draw(struct tower *tower)
{
    if (!tower->stale)
        return false;
    tower->stale = false;
    uint8_t lines = tower->picture.line_count;
    uint8_t reach = (uint8_t)CHAIN_PIXELS(lines);
    uint8_t shades[CHAIN_PIXELS_MAX];
    memset(shades, SHADE_DARK, reach);
    draw(&tower->picture, tower->grid.now.half, shades);
    blink_lamps(tower, shades + FIRST_LAMP(lines));
    guard_show(&tower->guard, shades, lines);
    tower->count = reach > tower->reach ? reach : tower->reach;
    tower->reach = reach;
    uint16_t load = load_of(tower->guard.shown, reach);
    uint8_t brightness = current_brightness(&tower->current, load, tower->brightness);
    tower->dims = brightness < tower->brightness;
    if (brightness != tower->mixed) {
        tower->mixed = brightness;
        palette_mix(tower->palette, brightness);
    }
    return true;
}

static uint8_t *put16(uint8_t *at, uint16_t value)
{
    *at++ = (uint8_t)value;
    *at++ = (uint8_t)(value >> 8);
    return at;
}

static uint8_t *say_hello(const struct tower *tower, uint8_t *at)
{
    *at++ = WIRE_PROTOCOL;
    *at++ = VERSION_MAJOR;
    *at++ = VERSION_MINOR;
    *at++ = VERSION_PATCH;
    at = put16(at, tower->boot_count);
    *at++ = tower->reset_cause;
    *at++ = LINES_MAX;
    return at;
}

static uint8_t *say_status(const struct tower *tower, uint8_t *at, uint16_t lost_bytes)
{
    *at++ = tower->answers;
    *at++ = (uint8_t)(tower->was_lost | tower->dims << 1 | tower->sound.hushed << 2);
    at = put16(at, tower->debounce.levels);
    at = put16(at, tower->receiver.damaged);
    at = put16(at, lost_bytes);
    at = put16(at, (uint16_t)tower->uptime_ms);
    return put16(at, (uint16_t)(tower->uptime_ms >> 16));
}

uint8_t tower_say(struct tower *tower, uint8_t *frame, uint16_t lost_bytes)
{
    uint8_t *body = frame_body_at(frame);
    uint8_t *end;
    uint8_t type;
    /* A person waits for what an event does; the unit can wait for STATUS. */
    if (tower->owes_hello) {
        tower->owes_hello = false;
        type = TYPE_HELLO;
        end = say_hello(tower, body);
    } else if (events_due(&tower->events)) {
        type = TYPE_EVENT;
        end = events_write(&tower->events, body);
    } else if (tower->owes_status) {
        tower->owes_status = false;
        type = TYPE_STATUS;
        end = say_status(tower, body, lost_bytes);
    } else {
        return 0;
    }
    return frame_finish(frame, type, tower->sequence++, (uint8_t)(end - body));
}
