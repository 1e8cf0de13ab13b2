#include "debounce.h"

uint16_t debounce_sample(struct debounce *debounce, uint16_t sample, uint8_t ticks)
{
    uint16_t differs = sample ^ debounce->sample;
    uint16_t settled = 0;
    debounce->sample = sample;
    uint16_t bit = 1;
    for (uint8_t button = 0; button < BUTTONS; button++, bit = (uint16_t)(bit << 1)) {
        uint8_t *run = &debounce->runs[button];
        if (differs & bit)
            *run = 1;
        else if (*run < SAMPLES)
            *run = (uint8_t)(*run + ticks);
        if (*run == SAMPLES)
            settled |= bit;
    }
    uint16_t changed = settled & (debounce->levels ^ sample);
    debounce->levels ^= changed;
    changed &= debounce->known;
    debounce->known |= settled;
    return changed;
}
