/* The pixels: WS2812B, in a chain at PB3. What they are sent is decoded from the edges of the pin, and each edge is
   held against what the makers ask for. */
#ifndef CHAIN_H
#define CHAIN_H

#include <sim_avr.h>
#include <stddef.h>
#include <stdint.h>

/* Pixels that are decoded. The tower has 84; more are sent by a firmware gone wild only, and complained of. */
#define PIXELS_MAX 128

void chain_attach(avr_t *avr);
void chain_restart(void);
void chain_power_off(void);

/* Who is shown what the chain has taken over: so many pixels from its beginning, red, green and blue each. */
void chain_seen_by(void (*see)(const uint8_t *rgb, size_t pixels));

#endif
