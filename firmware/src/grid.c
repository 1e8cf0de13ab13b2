#include "grid.h"

#define HALF_SEVENTHS 625 /* of a millisecond in a half step */
#define GRID_SEVENTHS ((int32_t)GRID_HALVES * HALF_SEVENTHS)

void grid_start(struct grid *grid)
{
    *grid = (struct grid){ .wait = TICKS_A_CORRECTION };
}

static int8_t correction_ms(struct grid *grid)
{
    if (--grid->wait)
        return 0;
    grid->wait = TICKS_A_CORRECTION;
    int8_t ms = (int8_t)((grid->behind_ms > 0) - (grid->behind_ms < 0));
    grid->behind_ms = (int8_t)(grid->behind_ms - ms);
    return ms;
}

bool grid_tick(struct grid *grid)
{
    uint8_t passed_ms = (uint8_t)(TICK_MS + correction_ms(grid));
    grid->sevenths = (uint16_t)(grid->sevenths + 7u * passed_ms);
    if (grid->sevenths < HALF_SEVENTHS)
        return false;
    grid->sevenths = (uint16_t)(grid->sevenths - HALF_SEVENTHS);
    grid->half = grid->half == GRID_HALVES - 1 ? 0 : (uint8_t)(grid->half + 1);
    return true;
}

/* How far this phase is ahead of the grid, in milliseconds, by the shorter way round. */
static int16_t ahead_ms(const struct grid *grid, uint16_t phase_ms)
{
    int32_t sevenths = 7 * (int32_t)phase_ms - ((int32_t)HALF_SEVENTHS * grid->half + grid->sevenths);
    if (sevenths < -GRID_SEVENTHS / 2)
        sevenths += GRID_SEVENTHS;
    if (sevenths >= GRID_SEVENTHS / 2)
        sevenths -= GRID_SEVENTHS;
    return (int16_t)(sevenths / 7);
}

static bool is_within(int16_t ms, int16_t max)
{
    return -max <= ms && ms <= max;
}

bool grid_hear(struct grid *grid, uint16_t phase_ms, bool free)
{
    int16_t ahead = ahead_ms(grid, phase_ms);
    if (is_within(ahead, ASTRAY_MS_MAX)) {
        grid->astray = false;
        grid->behind_ms = is_within(ahead, AGREED_MS_MAX) ? 0 : (int8_t)ahead;
        return false;
    }
    grid->behind_ms = 0;
    if (!free && !grid->astray) {
        grid->astray = true;
        return false;
    }
    uint32_t sevenths = 7 * (uint32_t)phase_ms;
    grid->half = (uint8_t)(sevenths / HALF_SEVENTHS);
    grid->sevenths = (uint16_t)(sevenths % HALF_SEVENTHS);
    grid->astray = false;
    return true;
}

int8_t grid_halves_since(const struct grid *grid, uint16_t phase_ms)
{
    int8_t halves = (int8_t)(grid->half - (uint8_t)(7 * (uint32_t)phase_ms / HALF_SEVENTHS));
    if (halves < -GRID_HALVES / 2)
        return (int8_t)(halves + GRID_HALVES);
    return halves >= GRID_HALVES / 2 ? (int8_t)(halves - GRID_HALVES) : halves;
}
