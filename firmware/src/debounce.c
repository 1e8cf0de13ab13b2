#include "debounce.h"

void debounce_start(struct debounce *debounce)
{
    *debounce = (struct debounce){ 0 };
}

uint16_t debounce_sample(struct debounce *debounce, uint16_t sample)
{
    uint16_t differs = sample ^ debounce->sample;
    uint16_t changed = 0;
    debounce->sample = sample;
    for (uint8_t button = 0; button < BUTTONS; button++) {
        uint16_t bit = (uint16_t)(1u << button);
        uint8_t *run = &debounce->runs[button];
        if (differs & bit)
            *run = 1;
        else if (*run < SAMPLES)
            ++*run;
        if (*run < SAMPLES)
            continue;
        if (debounce->known & (debounce->levels ^ sample) & bit)
            changed |= bit;
        debounce->known |= bit;
        debounce->levels = (uint16_t)((debounce->levels & ~bit) | (sample & bit));
    }
    return changed;
}
