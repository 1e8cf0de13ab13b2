#include "tower.h"

#include <string.h>

#include "draw.h"

/* How long a frame of so many bytes was on its way, in milliseconds: ten bits a byte at 38400 baud. */
#define WIRE_MS(bytes) ((uint8_t)((uint16_t)(bytes) * 67 >> 8))

/* As appliance/tower/declared.py has it. The buttons' lamps are off: nobody would answer a press. */
static void show_host_lost(struct tower *tower)
{
    struct picture *picture = &tower->picture;
    uint8_t line_count = picture->line_count;
    memset(picture, 0, sizeof *picture);
    picture->over = COVER_HOST_LOST | OVER_FAULT;
    picture->line_count = line_count;
    tower->stale = true;
}

void tower_start(struct tower *tower, uint16_t boot_count, uint8_t reset_cause)
{
    receiver_start(&tower->receiver);
    grid_start(&tower->grid);
    guard_start(&tower->guard);
    current_start(&tower->current);
    tower->boot_count = boot_count;
    tower->reset_cause = reset_cause;
    tower->brightness = UINT8_MAX;
    tower->lost = true;
    tower->owes_hello = true;
    /* Nothing is known, not even how many lines there are: dark but for the fault light, which says that
       the controller lives and that its darkness proves nothing. What the chain showed before is put out
       to its end. */
    tower->picture.over = OVER_FAULT;
    tower->picture.line_count = 1;
    tower->reach = CHAIN_PIXELS_MAX;
    tower->stale = true;
}

/* The unit is silent for too long. After a picture without any light it said goodbye, and stays out. */
static void lose_host(struct tower *tower)
{
    tower->lost = true;
    sound_play(&tower->sound, CHIRP_NONE);
    if (!is_lights_out(&tower->picture))
        show_host_lost(tower);
}

static void grow_older(struct tower *tower)
{
    picture_age(&tower->picture, 1);
    current_half_step(&tower->current);
    tower->stale = true;
}

void tower_sample(struct tower *tower, uint16_t pressed, uint8_t ticks)
{
    uint16_t changed = debounce_sample(&tower->debounce, pressed, ticks);
    uint16_t levels = tower->debounce.levels;
    for (uint8_t button = 0; changed; button++, changed >>= 1, levels >>= 1)
        if (changed & 1)
            events_add(&tower->events, button, levels & 1);
}

/* A blink begins when the guard lets it, and takes its time from then on. */
static void blink(struct tower *tower)
{
    const uint8_t *shown = tower->guard.shown + FIRST_LAMP(tower->picture.line_count);
    for (uint8_t i = 0; i < LAMPS_MAX; i++) {
        uint8_t *ticks = &tower->blink_ticks[i];
        if (*ticks && (*ticks != BLINK_TICKS || shown[i]) && --*ticks == BLINK_DARK_TICKS)
            tower->stale = true;
    }
}

void tower_tick(struct tower *tower)
{
    tower->uptime_ms += TICK_MS;
    if (grid_tick(&tower->grid))
        grow_older(tower);
    guard_tick(&tower->guard);
    events_tick(&tower->events);
    sound_tick(&tower->sound);
    blink(tower);
    /* Counted no further, and latched: a difference of instants once wrapped, and a stale picture came
       back. */
    if (tower->silence < HOST_LOST_TICKS && ++tower->silence == HOST_LOST_TICKS)
        lose_host(tower);
}

/* Plays and blinks where a counter differs. With a unit that is heard for the first time, nothing can
   differ. A lamp that is lit answers by what the unit says of it, and one that is about to is an answer
   itself (lamps.py). */
static void answer_counters(struct tower *tower, const struct set *set)
{
    if (tower->lost)
        return;
    if ((set->sound ^ tower->told_sound) & SOUND_CHIRPS && chirp_of(set->sound) != CHIRP_NONE)
        sound_play(&tower->sound, chirp_of(set->sound));
    const struct picture *before = &tower->picture;
    const uint8_t *shown = tower->guard.shown + FIRST_LAMP(before->line_count);
    /* Of a tower with another number of lines no lamp is the same. */
    if (set->picture.line_count != before->line_count) {
        memset(tower->blink_ticks, 0, sizeof tower->blink_ticks);
        return;
    }
    for (uint8_t i = 0; i < lamp_count(before); i++) {
        bool asked = (set->picture.lamps[i] ^ before->lamps[i]) & LAMP_BLINKS;
        if (asked && !shown[i] && before->ages[AGE_LAMPS + i] >= 0 && !tower->blink_ticks[i])
            tower->blink_ticks[i] = BLINK_TICKS;
    }
}

static bool hear_set(struct tower *tower)
{
    struct set set;
    if (!set_read(&set, frame_body(&tower->receiver), frame_length(&tower->receiver)))
        return false;
    bool free = tower->lost || !is_drawn(&tower->picture);
    uint8_t under_way_ms = WIRE_MS(frame_wire_bytes(&tower->receiver));
    picture_age(&set.picture, grid_hear(&tower->grid, set.phase_ms, under_way_ms, free));
    answer_counters(tower, &set);
    tower->picture = set.picture;
    tower->brightness = set.brightness;
    tower->told_sound = set.sound;
    sound_volume(&tower->sound, volume_of(set.sound));
    tower->owes_status = true;
    tower->answers = frame_sequence(&tower->receiver);
    tower->was_lost = tower->lost;
    tower->lost = false;
    tower->silence = 0;
    tower->stale = true;
    return true;
}

static bool hear(struct tower *tower)
{
    uint8_t length = frame_length(&tower->receiver);
    switch (frame_type(&tower->receiver)) {
    case TYPE_SET:
        return hear_set(tower);
    case TYPE_HEARD:
        if (length != 1)
            return false;
        events_heard(&tower->events, frame_body(&tower->receiver)[0]);
        return true;
    case TYPE_WHO:
        tower->owes_hello |= length == 0;
        return length == 0;
    default:
        return false;
    }
}

void tower_receive(struct tower *tower, uint8_t byte)
{
    if (receiver_take(&tower->receiver, byte) && !hear(tower))
        receiver_refuse(&tower->receiver);
}
