/* The last word on flashing: whatever the unit asks for, no pixel and no segment comes on more than three
   times in any one second (WCAG 2.3.1, IEC 60073). What the core asks for never meets it; a unit gone
   wrong, a reset or the change from one picture to another without the unit's care does. A light that
   comes on too soon stays dark. */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>
#include <stdint.h>

#include "chain.h"
#include "tick.h"

/* Each coming on costs so much time, and a debt of so much may be open when the next one comes: four in a
   second would need 3 x 352 - 48 = 1008 ms, 0.5 % of a resonator allowed for. The fast flash comes on
   every 357 ms, and at least every 354 ms while the grid is led, so that it pays; and a first light may be
   up to 50 ms late. */
#define GUARD_COST TICKS(352)
#define GUARD_DEBT_MAX TICKS(48)

struct guard {
    uint8_t shown[CHAIN_PIXELS_MAX]; /* the shades that were let through last */
    uint8_t pixels[CHAIN_PIXELS_MAX]; /* ticks of debt */
    uint8_t segments[LINES_MAX];
    bool lit[LINES_MAX]; /* segments that show anything */
};

/* Begins, in the dark, as if everything had come on just now, with as much debt as there can be: a tower
   that is reset over and over is no exception. */
void guard_start(struct guard *guard);

void guard_tick(struct guard *guard);

/* Lets these shades of a tower with so many lines through, into `shown`, but for what may not come on yet.
   The rest of the chain is dark. */
void guard_show(struct guard *guard, const uint8_t *shades, uint8_t line_count);

#endif
