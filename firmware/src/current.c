#include "current.h"

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
    /* The palette takes a level times (brightness + 1) / 256. */
    if ((uint32_t)counted * (asked + 1u) <= LOAD_MAX * 256)
        return asked;
    return (uint8_t)(LOAD_MAX * 256 / counted - 1);
}
