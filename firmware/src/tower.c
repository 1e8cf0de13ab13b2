#include "tower.h"

#include <string.h>

#include "draw.h"

/* How long a frame of so many bytes was on its way, in milliseconds: ten bits a byte at 38400 baud. */
#define WIRE_MS(bytes) ((uint16_t)(bytes) * 67 >> 8)

/* After a reset nothing is known, not even how many lines there are: dark but for the fault light, which says that the
   controller lives and that its darkness proves nothing. */
static void show_start(struct tower *tower)
{
    tower->picture = (struct picture){ .fault = true, .fault_age = AGE_LONG, .line_count = 1 };
    tower->stale = true;
}

/* As appliance/tower/declared.py has it. The buttons' lamps are off: nobody would answer a press. */
static void show_host_lost(struct tower *tower)
{
    uint8_t line_count = tower->picture.line_count;
    tower->picture = (struct picture){
        .cover = COVER_HOST_LOST,
        .fault = true,
        .fault_age = AGE_LONG,
        .line_count = line_count,
    };
    for (uint8_t i = 0; i < line_count; i++)
        tower->picture.lines[i].age = AGE_LONG;
    tower->stale = true;
}

void tower_start(struct tower *tower, uint16_t boot_count, uint8_t reset_cause)
{
    memset(tower, 0, sizeof *tower);
    receiver_start(&tower->receiver);
    grid_start(&tower->grid);
    guard_start(&tower->guard);
    current_start(&tower->current);
    debounce_start(&tower->debounce);
    events_start(&tower->events);
    sound_start(&tower->sound);
    tower->boot_count = boot_count;
    tower->reset_cause = reset_cause;
    tower->brightness = UINT8_MAX;
    tower->lost = true;
    tower->owes_hello = true;
    /* Whatever the chain showed before the reset is put out, to its very end. */
    tower->reach = CHAIN_PIXELS_MAX;
    show_start(tower);
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

void tower_tick(struct tower *tower, uint16_t pressed, uint16_t lost_bytes)
{
    tower->uptime_ms += TICK_MS;
    tower->lost_bytes = lost_bytes;
    if (grid_tick(&tower->grid))
        grow_older(tower);
    guard_tick(&tower->guard);
    events_tick(&tower->events);
    uint16_t changed = debounce_sample(&tower->debounce, pressed);
    for (uint8_t button = 0; changed; button++, changed >>= 1)
        if (changed & 1)
            events_add(&tower->events, button, tower->debounce.levels >> button & 1);
    sound_tick(&tower->sound);
    for (uint8_t i = 0; i < LINES_MAX + KEYS; i++)
        if (tower->blink_ticks[i] && !--tower->blink_ticks[i])
            tower->stale = true;
    /* Counted no further, and latched: a difference of instants once wrapped, and a stale picture came back. */
    if (tower->silence < HOST_LOST_TICKS && ++tower->silence == HOST_LOST_TICKS)
        lose_host(tower);
}

/* Plays and blinks where a counter differs. With a unit that we hear for the first time, nothing can differ. */
static void answer_counters(struct tower *tower, const struct set *set)
{
    if (!tower->lost) {
        if (set->chirps != tower->chirps && set->chirp != CHIRP_NONE)
            sound_play(&tower->sound, set->chirp);
        for (uint8_t i = 0; i < lamp_count(&set->picture); i++)
            if (set->blinks[i] != tower->blinks[i])
                tower->blink_ticks[i] = BLINK_TICKS;
    }
    tower->chirps = set->chirps;
    memcpy(tower->blinks, set->blinks, sizeof tower->blinks);
}

static bool hear_set(struct tower *tower)
{
    struct set set;
    if (!set_read(&set, frame_body(&tower->receiver), frame_length(&tower->receiver)))
        return false;
    uint16_t phase_ms = (uint16_t)(set.phase_ms + WIRE_MS(frame_wire_bytes(&tower->receiver)));
    if (phase_ms >= GRID_MS)
        phase_ms = (uint16_t)(phase_ms - GRID_MS);
    grid_hear(&tower->grid, phase_ms, tower->lost || !is_drawn(&tower->picture));
    answer_counters(tower, &set);
    tower->picture = set.picture;
    picture_age(&tower->picture, grid_halves_since(&tower->grid, set.phase_ms));
    tower->brightness = set.brightness;
    sound_volume(&tower->sound, set.volume);
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
