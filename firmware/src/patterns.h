/* Written by tests/firmware/tables.py from appliance/core/patterns.py and beats.py: the parts of which every
   pattern is made. Included by the file that draws them, and by no other. A mask is pixels of a segment, bit
   0 for the lowest. */
#ifndef PATTERNS_H
#define PATTERNS_H

#include <stdbool.h>
#include <stdint.h>

#include "flash.h"
#include "set.h"
#include "shades.h"

/* Half steps after which a cadence repeats, and for how many of them it is lit, from its beginning on. There
   are two periods only. */
struct cadence {
    uint8_t period;
    uint8_t lit;
};

enum cadences { STEADY, SLOW, FAST, TWO_ON_FIVE_OFF, FIVE_ON_TWO_OFF };
static const IN_FLASH struct cadence CADENCES[] = {
    { 4, 4 },
    { 14, 7 },
    { 4, 2 },
    { 14, 4 },
    { 14, 10 },
};

#define SLOW_PERIOD 14
#define FAST_PERIOD 4

/* The cadence of a lamp, by its look; one that is off has none. */
static const IN_FLASH uint8_t LAMPS[] = {
    [LAMP_TAKEABLE] = SLOW,
    [LAMP_ASKED] = FIVE_ON_TWO_OFF,
    [LAMP_STEADY] = STEADY,
    [LAMP_FAILED] = FAST,
};

#define STEP_MASK 0x03
#define MORE_MASK 0xc0
#define TAKEN_AS_WELL_MASK 0x81

/* By how many thresholds the wait has passed: a caller is never dark. And by the number of marks. */
static const IN_FLASH uint8_t FILL[] = {
    0x03, 0x03, 0x0f, 0x3f,
};
static const IN_FLASH uint8_t MARKS[] = {
    0x00, 0x40, 0xc0,
};

/* A pattern that does not depend on the wait: its masks, one for each half step, from `first` on. One that is
   played once stays at its last mask; of the others the number is a power of two. */
struct pattern {
    uint8_t first;
    uint8_t last;
    uint8_t shade;
    bool once;
};

/* By what a line shows; what depends on the wait is none. */
static const IN_FLASH struct pattern LOOKS[] = {
    { 0, 0, SHADE_DARK, false }, /* nothing */
    { 1, 3, SHADE_WHITE, false }, /* failed */
    { 5, 15, SHADE_GREEN, false }, /* asked */
    { 21, 0, SHADE_DARK, false }, /* urgent */
    { 22, 0, SHADE_DARK, false }, /* waiting */
    { 23, 0, SHADE_DARK, false }, /* held */
    { 24, 0, SHADE_GREEN, false }, /* taken */
    { 25, 0, SHADE_DARK, false }, /* unsure */
    { 26, 8, SHADE_GREEN, true }, /* closing */
    { 35, 15, SHADE_VIOLET_HALF, false }, /* line lost */
    { 51, 0, SHADE_WHITE, false }, /* tested */
};

/* By what covers the lines: on the first of them. */
static const IN_FLASH struct pattern COVERS[] = {
    { 52, 0, SHADE_DARK, false }, /* none */
    { 53, 6, SHADE_BLUE_HALF, true }, /* sweep */
    { 60, 7, SHADE_VIOLET, false }, /* lost */
    { 68, 0, SHADE_VIOLET_HALF, false }, /* host lost */
};

static const IN_FLASH uint8_t MASKS[] = {
    0x00, 0x0f, 0x0f, 0xf0, 0xf0, 0x01, 0x01, 0x02, 0x02, 0x04, 0x04, 0x08, 0x08, 0x10, 0x10, 0x20,
    0x20, 0x40, 0x40, 0x80, 0x80, 0x00, 0x00, 0x00, 0xc3, 0x00, 0xff, 0xff, 0x7e, 0x7e, 0x3c, 0x3c,
    0x18, 0x18, 0x00, 0xfc, 0xfc, 0x7e, 0x7e, 0x3f, 0x3f, 0x9f, 0x9f, 0xcf, 0xcf, 0xe7, 0xe7, 0xf3,
    0xf3, 0xf9, 0xf9, 0xff, 0x00, 0x07, 0x07, 0x18, 0x18, 0xe0, 0xe0, 0x00, 0x11, 0x11, 0x88, 0x88,
    0x44, 0x44, 0x22, 0x22, 0x55,
};

#endif
