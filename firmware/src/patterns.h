/* Written by tests/firmware/tables.py from appliance/core/patterns.py and beats.py: the parts of which every
   pattern is made. Included by the file that draws them, and by no other. */
#ifndef PATTERNS_H
#define PATTERNS_H

#include <stdint.h>

#include "flash.h"

/* Half steps after which a cadence repeats, and for how many of them it is lit. */
struct cadence {
    uint8_t period;
    uint8_t lit;
};

#define SLOW ((struct cadence){ 14, 7 })
#define FAST ((struct cadence){ 4, 2 })
#define TWO_ON_FIVE_OFF ((struct cadence){ 14, 4 })
#define FIVE_ON_TWO_OFF ((struct cadence){ 14, 10 })

/* Pixels of a segment, bit 0 for the lowest. */
#define PIXELS_A_STEP 2
#define MARK_PIXEL 6
#define MORE_MASK 0xc0
#define TAKEN_AS_WELL_MASK 0x81
#define TAKEN_MASK 0xc3
#define HOST_LOST_MASK 0x55

/* A mask for each half step. */
static const IN_FLASH uint8_t UP[] = {
    0x01, 0x01, 0x02, 0x02, 0x04, 0x04, 0x08, 0x08,
    0x10, 0x10, 0x20, 0x20, 0x40, 0x40, 0x80, 0x80,
};
static const IN_FLASH uint8_t HOLE_DOWN[] = {
    0xfc, 0xfc, 0x7e, 0x7e, 0x3f, 0x3f, 0x9f, 0x9f,
    0xcf, 0xcf, 0xe7, 0xe7, 0xf3, 0xf3, 0xf9, 0xf9,
};
static const IN_FLASH uint8_t HALVES[] = {
    0x0f, 0x0f, 0xf0, 0xf0,
};
static const IN_FLASH uint8_t DROPS_EVEN[] = {
    0x11, 0x11, 0x88, 0x88, 0x44, 0x44, 0x22, 0x22,
};
static const IN_FLASH uint8_t DROPS_ODD[] = {
    0x44, 0x44, 0x22, 0x22, 0x11, 0x11, 0x88, 0x88,
};
static const IN_FLASH uint8_t CLOSE[] = {
    0xff, 0xff, 0x7e, 0x7e, 0x3c, 0x3c, 0x18, 0x18,
};
static const IN_FLASH uint8_t SWEEP_UP[] = {
    0x07, 0x07, 0x18, 0x18, 0xe0, 0xe0,
};

#endif
