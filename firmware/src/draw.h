/* From a picture to the shades of the chain, in one half step of the grid: as appliance/core/patterns.py and
   frames.py draw it. */
#ifndef DRAW_H
#define DRAW_H

#include <stdint.h>

#include "chain.h"
#include "set.h"

/* Draws into CHAIN_PIXELS(picture->line_count) shades that are dark. */
void draw(const struct picture *picture, uint8_t half, uint8_t *shades);

#endif
