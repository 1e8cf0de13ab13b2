#include "palette.h"

#include "flash.h"

#define SHADE_COLOUR(name, red, green, blue) { red, green, blue },
static const IN_FLASH struct colour day[SHADES_COUNT] = { SHADES(SHADE_COLOUR) };

#define SHADE_LOAD(name, red, green, blue) (red) + (green) + (blue),
static const IN_FLASH uint16_t loads[SHADES_COUNT] = { SHADES(SHADE_LOAD) };

uint16_t shade_load(uint8_t shade)
{
    return loads[shade];
}

static uint8_t dimmed(uint8_t level, uint8_t brightness)
{
    /* By day exactly the level; else at most a 256th too little, for want of a division. */
    uint8_t less = (uint8_t)((uint16_t)(level * (uint16_t)(brightness + 1)) >> 8);
    return level && !less ? 1 : less;
}

void palette_mix(struct colour *palette, uint8_t brightness)
{
    for (uint8_t i = 0; i < SHADES_COUNT; i++) {
        palette[i].red = dimmed(day[i].red, brightness);
        palette[i].green = dimmed(day[i].green, brightness);
        palette[i].blue = dimmed(day[i].blue, brightness);
    }
}
