/* The current limit: the tower never draws more than a USB port gives, whatever the unit asks for. The
   table of limits in firmware/README.md says where each figure comes from. */
#ifndef CURRENT_H
#define CURRENT_H

#include <stdbool.h>
#include <stdint.h>

#include "chain.h"

/* A USB port (USB 2.0, 7.2.1: five unit loads of 100 mA). */
#define PORT_MA 500

/* What the tower draws in the dark: the chip and the USB chip, the buzzer, and each pixel's own control. */
#define BOARD_MA 40
#define BUZZER_MA 30
#define DARK_PIXEL_UA 1000

/* One colour of a WS2812B at 255. */
#define COLOUR_MA 20

#define LIGHT_MA_MAX (PORT_MA - BOARD_MA - BUZZER_MA - (uint32_t)CHAIN_PIXELS_MAX * DARK_PIXEL_UA / 1000)

/* A load is a sum of levels, 255 for one colour of one pixel. All pixels white are 64,260; LOAD_MAX is
   4,411. */
#define LOAD_MAX (LIGHT_MA_MAX * 255 / COLOUR_MA)

/* Half steps over which the largest load counts, one slow flash: so that the tower does not breathe with
   it. */
#define LOAD_HALVES 14

struct current {
    uint16_t largest; /* load in this span of half steps */
    uint16_t before;  /* the same of the span before it */
    uint8_t halves;   /* until the next one begins */
};

void current_start(struct current *current);
void current_half_step(struct current *current);

/* Returns the brightness that may be had, at most the one that is asked for, with this load at full
   brightness. */
uint8_t current_brightness(struct current *current, uint16_t load, uint8_t asked);

#endif
