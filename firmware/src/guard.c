#include "guard.h"

#include <string.h>

#include "shades.h"

void guard_start(struct guard *guard)
{
    for (uint8_t i = 0; i < CHAIN_PIXELS_MAX; i++)
        guard->pixels[i] = GUARD_DEBT_MAX + GUARD_COST;
    for (uint8_t i = 0; i < LINES_MAX; i++)
        guard->segments[i] = GUARD_DEBT_MAX + GUARD_COST;
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

static bool is_lit(const uint8_t *shades)
{
    for (uint8_t i = 0; i < SEGMENT_PIXELS; i++)
        if (shades[i])
            return true;
    return false;
}

void guard_apply(struct guard *guard, uint8_t line_count, const uint8_t *before, uint8_t *now, uint8_t count)
{
    for (uint8_t i = 0; i < count; i++)
        if (now[i] && !before[i] && !may_come_on(&guard->pixels[i]))
            now[i] = SHADE_DARK;
    before += STATUS_PIXELS;
    now += STATUS_PIXELS;
    for (uint8_t i = 0; i < line_count; i++, before += SEGMENT_PIXELS, now += SEGMENT_PIXELS)
        if (!is_lit(before) && is_lit(now) && !may_come_on(&guard->segments[i]))
            memset(now, SHADE_DARK, SEGMENT_PIXELS);
}
