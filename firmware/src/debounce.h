/* Debouncing: a button has changed once five samples, a tick apart, agree. What is pressed at a reset is a
   level and never an event. */
#ifndef DEBOUNCE_H
#define DEBOUNCE_H

#include <stdint.h>

#include "tick.h"
#include "wire.h"

/* A contact may bounce for 20 ms; a press is known that long after it rests. */
#define SAMPLES 5

/* How old an edge is when it is known. */
#define EDGE_AGE_MS ((SAMPLES - 1) * TICK_MS)

/* All zero at the beginning. */
struct debounce {
    uint16_t levels; /* bit n for button n, 1 while it is pressed */
    uint16_t sample; /* the last one */
    uint16_t known;  /* buttons that have had a level since the reset */
    uint8_t runs[BUTTONS]; /* samples that agree */
};

/* Takes a sample, and returns the buttons that changed by it. */
uint16_t debounce_sample(struct debounce *debounce, uint16_t sample);

#endif
