/* Debouncing: a button has changed once five samples agree, the first one at the edge itself and the
   others at the ticks after it. What is pressed at a reset is a level and never an event. */
#ifndef DEBOUNCE_H
#define DEBOUNCE_H

#include <stdint.h>

#include "tick.h"
#include "wire.h"

/* A contact may bounce for as long as it likes; a press is known when it rests for 12 to 16 ms. */
#define SAMPLES 5

/* How old an edge is when it is known, to 2 ms. */
#define EDGE_AGE_MS (SAMPLES * TICK_MS - 3 * TICK_MS / 2)

/* All zero at the beginning. */
struct debounce {
    uint16_t levels; /* bit n for button n, 1 while it is pressed */
    uint16_t sample; /* the last one */
    uint16_t known;  /* buttons that have had a level since the reset */
    uint8_t runs[BUTTONS]; /* samples that agree */
};

/* Takes a sample, at a tick (1) or between two (0), and returns the buttons that changed by it. */
uint16_t debounce_sample(struct debounce *debounce, uint16_t sample, uint8_t ticks);

#endif
