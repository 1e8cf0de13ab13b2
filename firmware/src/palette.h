/* The palette: what each shade is at the brightness of now. */
#ifndef PALETTE_H
#define PALETTE_H

#include <stdint.h>

#include "shades.h"

struct colour {
    uint8_t red;
    uint8_t green;
    uint8_t blue;
};

/* Returns the sum of the three levels of a shade by day. */
uint16_t shade_load(uint8_t shade);

/* Fills in the palette for a brightness of 1 to 255. What is lit stays lit at any brightness: a level that would
   round down to nothing is 1, for dark means that nobody waits. */
void palette_mix(struct colour *palette, uint8_t brightness);

#endif
