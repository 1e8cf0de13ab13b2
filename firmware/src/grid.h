/* The grid of half steps on which everything flashes (appliance/core/beats.py), by the controller's own
   clock and led gently by the unit's: 112 half steps of 625/7 ms in 10 s. */
#ifndef GRID_H
#define GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "tick.h"
#include "wire.h"

/* By how much the unit's phase may differ and still only lead: half of a half step. A SET that is off by
   more has another epoch, or was held up on its way. */
#define ASTRAY_MS_MAX 45

/* A difference too small to do anything about: an instant is known to a tick. */
#define AGREED_MS_MAX TICK_MS

/* One millisecond is made good in so many ticks, 1 in 128: more than twice what a ceramic resonator is off
   by (0.5 %), and so slow that three periods of the fast flash, 1071 ms, never become fewer than 1063. */
#define TICKS_A_CORRECTION 32

/* A place on the grid: the half step, 0 to 111, and sevenths of a millisecond since it began, 0 to 624. */
struct place {
    uint8_t half;
    uint16_t sevenths;
};

struct grid {
    struct place now;
    int16_t behind; /* sevenths of a millisecond by which the unit is ahead; made good slowly */
    uint8_t wait;   /* ticks until the next correction */
    bool astray;    /* the last SET was off by more than `ASTRAY_MS_MAX` */
};

void grid_start(struct grid *grid);

/* Moves on by a tick. Returns true if another half step begins. */
bool grid_tick(struct grid *grid);

/* Takes the phase at which the unit sent, 0 to 9,999, and for how long it was under way, 80 ms at most. If
   the grid is astray, it moves there at once where `free` says that nothing flashes by it, and otherwise
   when the next phase is astray too: one that was only held up is none. Returns the half steps since the
   phase was sent, -56 to 55. */
int8_t grid_hear(struct grid *grid, uint16_t sent_ms, uint8_t under_way_ms, bool free);

#endif
