/* The palette: what each shade is at the brightness of now. */
#ifndef PALETTE_H
#define PALETTE_H

#include <stdint.h>

#include "shades.h"

/* Red, green and blue of each shade. */
#define LEVELS (3 * SHADES_COUNT)

/* Returns the sum of the three levels of a shade by day. */
uint16_t shade_load(uint8_t shade);

/* Fills in the palette for a brightness of 1 to 255. What is lit stays lit at any brightness: a level that
   would round down to nothing is 1, for dark means that nobody waits. */
void palette_mix(uint8_t *palette, uint8_t brightness);

#endif
