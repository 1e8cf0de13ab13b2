#include "guard.h"

#include <string.h>

#include "shades.h"

void guard_start(struct guard *guard)
{
    memset(guard->pixels, GUARD_DEBT_MAX + GUARD_COST, sizeof guard->pixels);
    memset(guard->segments, GUARD_DEBT_MAX + GUARD_COST, sizeof guard->segments);
}

static void pay(uint8_t *debts, uint8_t count)
{
    for (; count; count--, debts++)
        if (*debts)
            --*debts;
}

void guard_tick(struct guard *guard)
{
    pay(guard->pixels, CHAIN_PIXELS_MAX);
    pay(guard->segments, LINES_MAX);
}

static bool may_come_on(uint8_t *debt)
{
    if (*debt > GUARD_DEBT_MAX)
        return false;
    *debt = (uint8_t)(*debt + GUARD_COST);
    return true;
}

/* Returns whether any of them is lit. */
static bool show_pixels(struct guard *guard, const uint8_t *shades, uint8_t first, uint8_t count)
{
    uint8_t *shown = guard->shown + first;
    uint8_t *debt = guard->pixels + first;
    uint8_t lit = 0;
    for (; count; count--, shown++, debt++, shades++) {
        uint8_t shade = *shades;
        if (shade && !*shown && !may_come_on(debt))
            shade = SHADE_DARK;
        *shown = shade;
        lit |= shade;
    }
    return lit;
}

static void show_segment(struct guard *guard, const uint8_t *shades, uint8_t place)
{
    uint8_t first = (uint8_t)FIRST_LAMP(place);
    bool lit = show_pixels(guard, shades + first, first, SEGMENT_PIXELS);
    if (lit && !guard->lit[place] && !may_come_on(&guard->segments[place])) {
        memset(guard->shown + first, SHADE_DARK, SEGMENT_PIXELS);
        lit = false;
    }
    guard->lit[place] = lit;
}

void guard_show(struct guard *guard, const uint8_t *shades, uint8_t line_count)
{
    uint8_t lamps = (uint8_t)FIRST_LAMP(line_count);
    uint8_t end = (uint8_t)CHAIN_PIXELS(line_count);
    show_pixels(guard, shades, 0, STATUS_PIXELS);
    for (uint8_t place = 0; place < line_count; place++)
        show_segment(guard, shades, place);
    show_pixels(guard, shades + lamps, lamps, (uint8_t)(end - lamps));
    memset(guard->shown + end, SHADE_DARK, (uint8_t)(CHAIN_PIXELS_MAX - end));
    memset(guard->lit + line_count, false, (uint8_t)(LINES_MAX - line_count));
}
