/* The grid, the guard on flashing, the current limit and the palette. */
#include <stdlib.h>
#include <string.h>

#include "../src/current.h"
#include "../src/grid.h"
#include "../src/guard.h"
#include "../src/palette.h"
#include "check.h"

#define MINUTE_TICKS TICKS(60000)

/* Where the grid is, in milliseconds. */
static unsigned place_ms(const struct grid *grid)
{
    return (unsigned)((625u * grid->now.half + grid->now.sevenths) / 7);
}

static void pass(struct grid *grid, unsigned ms)
{
    for (unsigned i = 0; i < TICKS(ms); i++)
        grid_tick(grid);
}

static void test_grid(void)
{
    story("112 half steps take ten seconds, for ever");
    struct grid grid;
    unsigned steps = 0;
    grid_start(&grid);
    for (unsigned i = 1; i <= 6 * 60 * MINUTE_TICKS; i++) {
        steps += grid_tick(&grid);
        if (i % TICKS(10000) == 0)
            CHECK(steps == i / TICKS(10000) * GRID_HALVES && grid.now.half == 0 && grid.now.sevenths == 0);
    }

    story("a unit that is a little ahead or behind is followed by a millisecond in 128, and then no further");
    for (int off_ms = -40; off_ms <= 40; off_ms += 80) {
        grid_start(&grid);
        grid_hear(&grid, 5000, 0, true);
        grid_hear(&grid, (uint16_t)(5000 + off_ms), 0, false);
        CHECK(place_ms(&grid) == 5000);
        pass(&grid, 1024);
        CHECK(abs((int)place_ms(&grid) - (6024 + off_ms / 5)) <= 1);
        pass(&grid, 20480 - 1024);
        CHECK(abs((int)place_ms(&grid) - (5480 + off_ms)) <= 1);
    }

    story("one phase far off is a SET that was held up and moves nothing; a second one moves the grid");
    grid_start(&grid);
    grid_hear(&grid, 5000, 0, false);
    CHECK(grid.now.half == 0);
    grid_hear(&grid, 0, 0, false);
    grid_hear(&grid, 5000, 0, false);
    CHECK(grid.now.half == 0);
    grid_hear(&grid, 5250, 0, false);
    CHECK(place_ms(&grid) == 5250);

    story("where nothing flashes by it, the grid moves at once");
    grid_start(&grid);
    CHECK(grid_hear(&grid, 7777, 14, true) == 0);
    CHECK(place_ms(&grid) == 7791);

    story("the half steps since a phase was sent are counted over the end of the ten seconds");
    CHECK(grid_hear(&grid, 9990, 80, true) == 1 && place_ms(&grid) == 70);
    CHECK(grid_hear(&grid, 400, 14, true) == 0 && place_ms(&grid) == 414);
    CHECK(grid_hear(&grid, 430, 25, false) == 0 && place_ms(&grid) == 414);
    CHECK(grid_hear(&grid, 900, 14, false) == -6 && grid.astray);
}

#define PIXEL 20
#define SECOND_TICKS TICKS(1000)

static struct guard *new_guard(void)
{
    struct guard *guard = calloc(1, sizeof *guard);
    guard_start(guard);
    return guard;
}

static void pay(struct guard *guard, unsigned ms)
{
    for (unsigned i = 0; i < TICKS(ms); i++)
        guard_tick(guard);
}

/* Asks for light at random for a minute, and checks that no second holds four instants of coming on. */
static unsigned test_any_light(unsigned seed, bool whole_segment)
{
    struct guard *guard = new_guard();
    unsigned came_on[4] = { 0 }, count = 0;
    srand(seed);
    for (unsigned tick = 0; tick < MINUTE_TICKS; tick++) {
        uint8_t shades[CHAIN_PIXELS_MAX] = { 0 };
        bool before = guard->shown[PIXEL] || (whole_segment && guard->lit[1]);
        if (rand() % (1 + (int)(seed % 90)) == 0 || (before && rand() % 3))
            shades[whole_segment ? STATUS_PIXELS + SEGMENT_PIXELS + rand() % SEGMENT_PIXELS : PIXEL] = 1;
        guard_show(guard, shades, 2);
        bool now = guard->shown[PIXEL] || (whole_segment && guard->lit[1]);
        if (now && !before) {
            CHECK(count < 3 || tick - came_on[(count + 1) % 4] > SECOND_TICKS);
            came_on[count++ % 4] = tick;
        }
        guard_tick(guard);
    }
    free(guard);
    return count;
}

static void test_guard(void)
{
    story("whatever is asked for, no pixel and no segment comes on four times in a second");
    unsigned count = 0;
    for (unsigned seed = 1; seed < 100; seed++)
        count += test_any_light(seed, false) + test_any_light(seed, true);
    CHECK(count > 10000);

    story("the fast flash passes for ever, led as fast as can be and begun 50 ms late");
    for (int led = -1; led <= 1; led++) {
        struct guard *guard = new_guard();
        struct grid grid;
        grid_start(&grid);
        pay(guard, 400);
        for (unsigned tick = 0; tick < MINUTE_TICKS; tick++) {
            uint8_t shades[CHAIN_PIXELS_MAX] = { 0 };
            shades[PIXEL] = grid.now.half % 4 < 2 && tick * TICK_MS >= 48;
            guard_show(guard, shades, 2);
            CHECK(guard->shown[PIXEL] == shades[PIXEL]);
            guard_tick(guard);
            grid.behind = (int16_t)(led * 20000);
            grid_tick(&grid);
        }
        free(guard);
    }

    story("after a reset nothing comes on for 350 ms");
    struct guard *guard = new_guard();
    uint8_t all[CHAIN_PIXELS_MAX], none[CHAIN_PIXELS_MAX] = { 0 };
    memset(all, SHADE_WHITE, sizeof all);
    unsigned ticks = 0;
    for (guard_show(guard, all, 8); !memcmp(guard->shown, none, sizeof none); guard_show(guard, all, 8)) {
        guard_tick(guard);
        ticks++;
    }
    CHECK(ticks * TICK_MS >= 350 && ticks * TICK_MS <= 360);
    CHECK(!memcmp(guard->shown, all, sizeof all));

    story("what a shorter tower has no pixels for is put out");
    guard_show(guard, all, 1);
    CHECK(!memcmp(guard->shown, all, CHAIN_PIXELS(1)));
    CHECK(!memcmp(guard->shown + CHAIN_PIXELS(1), none, CHAIN_PIXELS_MAX - CHAIN_PIXELS(1)));
    free(guard);
}

static void test_current(void)
{
    story("as bright as it was asked for, where the port gives so much");
    struct current current;
    current_start(&current);
    for (unsigned asked = 1; asked <= 255; asked++)
        CHECK(current_brightness(&current, LOAD_MAX - 32, (uint8_t)asked) == asked);

    story("no load at any brightness draws more than the port gives, and light is wasted by 1 % at most");
    for (unsigned load = 0; load <= 255u * 3 * CHAIN_PIXELS_MAX; load += 7)
        for (unsigned asked = 1; asked <= 255; asked += 2) {
            current_start(&current);
            unsigned brightness = current_brightness(&current, (uint16_t)load, (uint8_t)asked);
            CHECK(brightness && brightness <= asked);
            CHECK(load * (brightness + 1) <= LOAD_MAX * 256);
            CHECK(brightness == asked || (load + 64) * (brightness + 2) > LOAD_MAX * 256);
        }

    story("a flash does not make the rest of the tower breathe");
    current_start(&current);
    uint8_t least = 255, most = 0;
    for (unsigned half = 0; half < 200; half++) {
        uint8_t brightness = current_brightness(&current, half % 14 < 7 ? 20000 : 6000, 255);
        current_half_step(&current);
        least = brightness < least ? brightness : least;
        most = brightness > most ? brightness : most;
    }
    CHECK(least == most && most < 255);

    story("once the load is gone it is as bright as before, within two slow flashes");
    for (unsigned half = 0; half < 2 * LOAD_HALVES; half++) {
        current_brightness(&current, 100, 255);
        current_half_step(&current);
    }
    CHECK(current_brightness(&current, 100, 255) == 255);
}

static void test_palette(void)
{
    uint8_t day[LEVELS], palette[LEVELS];
    palette_mix(day, 255);
    story("what is lit by day is lit at any brightness, never brighter, and what is dark stays dark");
    for (unsigned brightness = 1; brightness <= 255; brightness++) {
        palette_mix(palette, (uint8_t)brightness);
        for (unsigned i = 0; i < LEVELS; i++) {
            CHECK(!palette[i] == !day[i]);
            CHECK(palette[i] <= 1 || 256u * palette[i] <= day[i] * (brightness + 1));
        }
    }
    story("the load of a shade is the sum of its levels by day");
    for (uint8_t shade = 0; shade < SHADES_COUNT; shade++)
        CHECK(shade_load(shade) == day[3 * shade] + day[3 * shade + 1] + day[3 * shade + 2]);
}

void test_lights(void)
{
    test_grid();
    test_guard();
    test_current();
    test_palette();
}
