#include "palette.h"

#include "flash.h"

#define SHADE_LEVELS(name, red, green, blue) red, green, blue,
static const IN_FLASH uint8_t day[LEVELS] = { SHADES(SHADE_LEVELS) };

#define SHADE_LOAD(name, red, green, blue) (red) + (green) + (blue),
static const IN_FLASH uint16_t loads[SHADES_COUNT] = { SHADES(SHADE_LOAD) };

uint16_t shade_load(uint8_t shade)
{
    return loads[shade];
}

void palette_mix(uint8_t *palette, uint8_t brightness)
{
    for (uint8_t i = 0; i < LEVELS; i++) {
        /* By day exactly the level, and never more than its share. */
        uint8_t level = (uint8_t)((uint16_t)(day[i] * (brightness + 1u)) >> 8);
        palette[i] = day[i] && !level ? 1 : level;
    }
}
