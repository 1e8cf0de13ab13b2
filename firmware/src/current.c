#include "current.h"

/* Loads are counted in 32, rounded up, so that everything fits 16 bits. */
#define COUNTED_IN 32

void current_start(struct current *current)
{
    *current = (struct current){ .halves = LOAD_HALVES };
}

void current_half_step(struct current *current)
{
    if (--current->halves)
        return;
    current->halves = LOAD_HALVES;
    current->before = current->largest;
    current->largest = 0;
}

uint8_t current_brightness(struct current *current, uint16_t load, uint8_t asked)
{
    if (load > current->largest)
        current->largest = load;
    uint16_t counted = current->largest > current->before ? current->largest : current->before;
    counted = (uint16_t)(counted / COUNTED_IN + 1);
    /* The palette takes a level times (brightness + 1) / 256. */
    uint16_t may = (uint16_t)((uint16_t)(LOAD_MAX * (256 / COUNTED_IN)) / counted - 1);
    return (uint8_t)(may < asked ? may : asked);
}
