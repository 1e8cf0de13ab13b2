/* The grid of half steps on which everything flashes (appliance/core/beats.py), by the controller's own clock and
   led gently by the unit's: 112 half steps of 625/7 ms in 10 s. */
#ifndef GRID_H
#define GRID_H

#include <stdbool.h>
#include <stdint.h>

#include "tick.h"
#include "wire.h"

/* By how much the unit's phase may differ and still only lead: half of a half step. A SET that is off by more has
   another epoch, or was held up on its way. */
#define ASTRAY_MS_MAX 45

/* A difference too small to do anything about: an instant is known to a tick. */
#define AGREED_MS_MAX TICK_MS

/* One millisecond is made good in so many ticks, 1 in 128: more than twice what a ceramic resonator is off by (0.5 %),
   and so slow that three periods of the fast flash, 1071 ms, never become fewer than 1063. */
#define TICKS_A_CORRECTION 32

struct grid {
    uint8_t half;      /* the half step of now, 0 to 111 */
    uint16_t sevenths; /* of a millisecond since it began, 0 to 624 */
    int8_t behind_ms;  /* how far the unit is ahead; made good slowly */
    uint8_t wait;      /* ticks until the next millisecond of it */
    bool astray;       /* the last SET was off by more than `ASTRAY_MS_MAX` */
};

void grid_start(struct grid *grid);

/* Moves on by a tick. Returns true if another half step begins. */
bool grid_tick(struct grid *grid);

/* Takes the unit's phase as of this instant, 0 to 9,999. If it is astray, the grid moves to it at once where `free`
   says that nothing flashes by it, and otherwise when the next SET is astray too: one that was held up is none.
   Returns true if it moved. */
bool grid_hear(struct grid *grid, uint16_t phase_ms, bool free);

/* Returns by how many half steps the grid has gone on since the unit was in this phase, -56 to 55. */
int8_t grid_halves_since(const struct grid *grid, uint16_t phase_ms);

#endif
