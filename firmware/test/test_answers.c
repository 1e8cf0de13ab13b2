/* The lamps of buttons, what is said and in which order, and the current limit. */
#include <stdlib.h>
#include <string.h>

#include "../src/shades.h"
#include "bench.h"
#include "check.h"

static void test_lamps(void)
{
    story("a dark lamp answers with one blink when its counter moves; the first SET only sets it");
    struct tower *tower = new_tower();
    struct told told = quiet(1);
    told.body[LAMP] = 2 << 3;
    keep(tower, &told, 1000);
    CHECK(is_lit(tower, GLOW_LIGHT));
    told.body[LAMP] = 3 << 3;
    hear(tower, &told);
    CHECK(tower_draw(tower) && is_lit(tower, GLOW_LIGHT | LAMP_LIGHT));
    pass(tower, 176);
    CHECK(is_lit(tower, GLOW_LIGHT | LAMP_LIGHT));
    hear(tower, &told);
    pass(tower, 8);
    CHECK(is_lit(tower, GLOW_LIGHT));

    story("a press while it has just answered is answered by that blink");
    told.body[LAMP] = 0;
    hear(tower, &told);
    pass(tower, 160);
    CHECK(is_lit(tower, GLOW_LIGHT));
    pass(tower, 200);
    told.body[LAMP] = 1 << 3;
    hear(tower, &told);
    pass(tower, 4);
    CHECK(is_lit(tower, GLOW_LIGHT | LAMP_LIGHT));

    story("a lamp that is lit does not blink by itself: its look enters anew");
    told.body[LAMP] = 1 << 3 | LAMP_STEADY;
    keep(tower, &told, 1000);
    told.body[LAMP] = 2 << 3 | LAMP_STEADY;
    told.body[LAMP + 1] = 3;
    hear(tower, &told);
    pass(tower, 4);
    CHECK(is_lit(tower, GLOW_LIGHT));
    pass(tower, 3 * 90 + 8);
    CHECK(is_lit(tower, GLOW_LIGHT | LAMP_LIGHT));

    story("of a tower with another number of lines no lamp is the same, and none answers");
    told = quiet(2);
    told.body[ENTERED + 4] = 3 << 3;
    keep(tower, &told, 250);
    for (uint8_t i = FIRST_LAMP(2); i < CHAIN_PIXELS_MAX; i++)
        CHECK(!tower->guard.shown[i]);
    free(tower);
}

static void test_saying(void)
{
    story("who it is comes before a button, and a button before STATUS");
    struct tower *tower = new_tower();
    struct told told = quiet(1);
    uint8_t body[SAID_BODY_BYTES_MAX];
    says(tower, NULL);
    pass(tower, 100);
    hear(tower, &told);
    for (int i = 0; i < SAMPLES; i++)
        tower_sample(tower, 1 << 11, 1);
    tower->owes_hello = true;
    CHECK(says(tower, NULL) == TYPE_HELLO);
    CHECK(says(tower, body) == TYPE_EVENT && body[1] == (0x80 | 11) && body[2] == EDGE_AGE_MS);
    CHECK(says(tower, body) == TYPE_STATUS && (body[2] | body[3] << 8) == 1 << 11);
    CHECK(says(tower, NULL) == 0);

    story("STATUS answers the last SET, and says what its numbers are");
    tower->receiver.damaged = 0x1234;
    tower->uptime_ms = 0x89ABCDEF;
    hear(tower, &told);
    hear(tower, &told);
    CHECK(says(tower, body) == TYPE_STATUS && says(tower, NULL) == 0);
    const uint8_t numbers[] = { 0x34, 0x12, 0, 0, 0xEF, 0xCD, 0xAB, 0x89 };
    CHECK(!memcmp(body + 4, numbers, sizeof numbers));

    story("all white at full brightness draws no more than the port gives, and STATUS says that it dims");
    told = quiet(8);
    for (uint8_t i = 0; i < 8; i++)
        told.body[LOOK + 3 * i] = SHOWN_TESTED | 3 << 4 | 3 << 6;
    keep(tower, &told, 2000);
    unsigned levels = 0;
    for (uint8_t i = 0; i < CHAIN_PIXELS_MAX; i++)
        for (uint8_t part = 0; part < 3; part++)
            levels += tower->palette[3 * tower->guard.shown[i] + part];
    CHECK(levels * COLOUR_MA <= LIGHT_MA_MAX * 255 && levels * COLOUR_MA >= LIGHT_MA_MAX * 255 * 9 / 10);
    hear(tower, &told);
    next_status(tower, body);
    CHECK(body[1] >> 1 & 1);
    free(tower);
}

void test_answers(void)
{
    test_lamps();
    test_saying();
}
