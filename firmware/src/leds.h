/* The pixels, whatever their kind. Another kind, SK9822 say, is another file with this function. */
#ifndef LEDS_H
#define LEDS_H

#include <stdint.h>

#include "palette.h"

/* Sends the shades to the chain, the first one to its beginning, and serves the serial line meanwhile. */
void leds_show(const uint8_t *palette, const uint8_t *shades, uint8_t count);

#endif
