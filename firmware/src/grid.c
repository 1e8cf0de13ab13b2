#include "grid.h"

#define SEVENTHS(ms) (7 * (ms))
#define HALF_SEVENTHS 625

void grid_start(struct grid *grid)
{
    *grid = (struct grid){ .wait = TICKS_A_CORRECTION };
}

static int8_t correction_ms(struct grid *grid)
{
    if (--grid->wait)
        return 0;
    grid->wait = TICKS_A_CORRECTION;
    int8_t ms = (int8_t)((grid->behind >= SEVENTHS(1)) - (grid->behind <= -SEVENTHS(1)));
    grid->behind = (int16_t)(grid->behind - SEVENTHS(ms));
    return ms;
}

static void go_on(struct place *place, uint8_t ms)
{
    place->sevenths = (uint16_t)(place->sevenths + 7u * ms);
    if (place->sevenths < HALF_SEVENTHS)
        return;
    place->sevenths = (uint16_t)(place->sevenths - HALF_SEVENTHS);
    place->half = place->half == GRID_HALVES - 1 ? 0 : (uint8_t)(place->half + 1);
}

bool grid_tick(struct grid *grid)
{
    uint8_t half = grid->now.half;
    go_on(&grid->now, (uint8_t)(TICK_MS + correction_ms(grid)));
    return grid->now.half != half;
}

/* From one half step to another by the shorter way round, -56 to 55. */
static int8_t halves_between(uint8_t from, uint8_t to)
{
    int8_t halves = (int8_t)(to - from);
    if (halves < -GRID_HALVES / 2)
        return (int8_t)(halves + GRID_HALVES);
    return halves >= GRID_HALVES / 2 ? (int8_t)(halves - GRID_HALVES) : halves;
}

static bool is_within(int16_t value, int16_t max)
{
    return -max <= value && value <= max;
}

/* Takes the unit's place, if the grid is to move there at once. */
static void follow(struct grid *grid, const struct place *heard, bool free)
{
    int8_t halves = halves_between(grid->now.half, heard->half);
    grid->behind = 0;
    if (is_within(halves, 1)) {
        int16_t behind = (int16_t)(halves * HALF_SEVENTHS + (int16_t)(heard->sevenths - grid->now.sevenths));
        if (is_within(behind, SEVENTHS(ASTRAY_MS_MAX))) {
            grid->astray = false;
            if (!is_within(behind, SEVENTHS(AGREED_MS_MAX)))
                grid->behind = behind;
            return;
        }
    }
    grid->astray = !free && !grid->astray;
    if (!grid->astray)
        grid->now = *heard;
}

int8_t grid_hear(struct grid *grid, uint16_t sent_ms, uint8_t under_way_ms, bool free)
{
    /* Seven half steps are 625 ms: so everything fits 16 bits. */
    uint16_t sevenths = (uint16_t)(7 * (sent_ms % 625));
    uint8_t sent = (uint8_t)(7 * (sent_ms / 625) + sevenths / HALF_SEVENTHS);
    struct place heard = { sent, sevenths % HALF_SEVENTHS };
    go_on(&heard, under_way_ms);
    follow(grid, &heard, free);
    return halves_between(sent, grid->now.half);
}
