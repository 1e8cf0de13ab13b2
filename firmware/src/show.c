/* What the tower shows and says: the outgoing half of tower.h. */
#include <string.h>

#include "draw.h"
#include "tower.h"
#include "version.h"
#include "wire.h"

/* A lamp that answers a press is dark for a moment where it is lit, and lit where it is dark. */
static void blink_lamps(const struct tower *tower, uint8_t *lamps)
{
    for (uint8_t i = 0; i < lamp_count(&tower->picture); i++)
        if (tower->blink_ticks[i])
            lamps[i] = lamps[i] ? SHADE_DARK : SHADE_WHITE_HALF;
}

static uint16_t load_of(const uint8_t *shades, uint8_t count)
{
    uint16_t load = 0;
    for (uint8_t i = 0; i < count; i++)
        load = (uint16_t)(load + shade_load(shades[i]));
    return load;
}

bool tower_draw(struct tower *tower)
{
    if (!tower->stale)
        return false;
    tower->stale = false;
    uint8_t lines = tower->picture.line_count;
    uint8_t now[CHAIN_PIXELS_MAX] = { SHADE_DARK };
    draw(&tower->picture, tower->grid.half, now);
    blink_lamps(tower, now + STATUS_PIXELS + SEGMENT_PIXELS * lines);
    uint8_t reach = (uint8_t)CHAIN_PIXELS(lines);
    guard_apply(&tower->guard, lines, tower->shades, now, reach);
    tower->count = reach > tower->reach ? reach : tower->reach;
    tower->reach = reach;
    memcpy(tower->shades, now, sizeof now);
    uint8_t brightness = current_brightness(&tower->current, load_of(now, sizeof now), tower->brightness);
    tower->dims = brightness < tower->brightness;
    palette_mix(tower->palette, brightness);
    return true;
}

static uint8_t *put(uint8_t *at, uint32_t value, uint8_t bytes)
{
    for (; bytes; bytes--, value >>= 8)
        *at++ = (uint8_t)value;
    return at;
}

static uint8_t say_hello(const struct tower *tower, uint8_t *body)
{
    uint8_t *at = body;
    at = put(at, WIRE_PROTOCOL, 1);
    at = put(at, VERSION_MAJOR, 1);
    at = put(at, VERSION_MINOR, 1);
    at = put(at, VERSION_PATCH, 1);
    at = put(at, tower->boot_count, 2);
    at = put(at, tower->reset_cause, 1);
    at = put(at, LINES_MAX, 1);
    return (uint8_t)(at - body);
}

static uint8_t say_status(const struct tower *tower, uint8_t *body)
{
    uint8_t *at = body;
    at = put(at, tower->answers, 1);
    at = put(at, (uint8_t)(tower->was_lost | tower->dims << 1 | tower->sound.hushed << 2), 1);
    at = put(at, tower->debounce.levels, 2);
    at = put(at, tower->receiver.damaged, 2);
    at = put(at, tower->lost_bytes, 2);
    at = put(at, tower->uptime_ms, 4);
    return (uint8_t)(at - body);
}

uint8_t tower_say(struct tower *tower, uint8_t *out)
{
    uint8_t body[SAID_BODY_BYTES_MAX];
    uint8_t type;
    uint8_t length;
    /* A person waits for what an event does; the unit can wait for STATUS. */
    if (tower->owes_hello) {
        tower->owes_hello = false;
        type = TYPE_HELLO;
        length = say_hello(tower, body);
    } else if (events_due(&tower->events)) {
        type = TYPE_EVENT;
        length = EVENT_BODY_BYTES;
        events_write(&tower->events, body);
    } else if (tower->owes_status) {
        tower->owes_status = false;
        type = TYPE_STATUS;
        length = say_status(tower, body);
    } else {
        return 0;
    }
    return frame_write(out, type, tower->sequence++, body, length);
}
