/* Hosts that come, fall silent, say goodbye and come back; and the sounds that they ask for. */
#include <stdlib.h>
#include <string.h>

#include "../src/shades.h"
#include "bench.h"
#include "check.h"

static void test_silence(void)
{
    story("after a reset it is dark but for the fault light, then lost on what every tower has");
    struct tower *tower = new_tower();
    CHECK(says(tower, NULL) == TYPE_HELLO && says(tower, NULL) == 0);
    CHECK(tower_draw(tower) && tower->count == CHAIN_PIXELS_MAX);
    CHECK(is_lit(tower, 0));
    pass(tower, 500);
    CHECK(is_lit(tower, FAULT_LIGHT) && tower->count == CHAIN_PIXELS(1));
    pass(tower, 1480);
    CHECK(is_lit(tower, FAULT_LIGHT));
    pass(tower, 100);
    CHECK(is_lit(tower, HOST_LOST_LIGHTS));

    story("the first SET ends it, and is told so; the second one is not");
    struct told told = quiet(1);
    uint8_t body[SAID_BODY_BYTES_MAX];
    hear(tower, &told);
    CHECK(says(tower, body) == TYPE_STATUS && body[1] == 1);
    pass(tower, 4);
    CHECK(is_lit(tower, GLOW_LIGHT));
    hear(tower, &told);
    CHECK(says(tower, body) == TYPE_STATUS && body[1] == 0);

    story("a silent host is lost after two seconds and stays so, past every clock that wraps");
    tower->uptime_ms = UINT32_MAX - 60000;
    told.body[LOOK] = SHOWN_TAKEN;
    keep(tower, &told, 60250);
    CHECK(is_lit(tower, GLOW_LIGHT | 0xC3u << STATUS_PIXELS));
    pass(tower, 1752);
    CHECK(!tower->lost);
    pass(tower, 200);
    CHECK(tower->lost);
    for (unsigned i = 0; i < 300; i++) {
        CHECK(is_lit(tower, HOST_LOST_LIGHTS));
        pass(tower, 1000);
    }

    story("noise is no host");
    for (unsigned i = 0; i < 10000; i++)
        tower_receive(tower, (uint8_t)(i * 7));
    pass(tower, 100);
    CHECK(is_lit(tower, HOST_LOST_LIGHTS));

    story("a host that said goodbye leaves the tower dark, and is lost all the same");
    told = quiet(1);
    told.body[OVER] = 0;
    hear(tower, &told);
    pass(tower, 70000);
    CHECK(is_lit(tower, 0) && tower->lost);
    hear(tower, &told);
    next_status(tower, body);
    CHECK(body[1] == 1);

    story("of a tower with fewer lines the rest is put out, once");
    told = quiet(8);
    hear(tower, &told);
    CHECK(tower_draw(tower) && tower->count == CHAIN_PIXELS(8));
    told = quiet(2);
    hear(tower, &told);
    CHECK(tower_draw(tower) && tower->count == CHAIN_PIXELS(8));
    hear(tower, &told);
    CHECK(tower_draw(tower) && tower->count == CHAIN_PIXELS(2));
    free(tower);
}

static bool sounds(const struct tower *tower)
{
    return sound_tone(&tower->sound).period_us;
}

static uint8_t sound_byte(uint8_t volume, uint8_t chirp, uint8_t count)
{
    return (uint8_t)(volume | chirp << 2 | count << 5);
}

static void test_sounds(void)
{
    story("a chirp is played once when its counter moves, and the first SET only sets the counter");
    struct tower *tower = new_tower();
    struct told told = quiet(1);
    told.body[SOUND] = sound_byte(3, CHIRP_ARRIVED, 5);
    hear(tower, &told);
    CHECK(!sounds(tower));
    told.body[SOUND] = sound_byte(3, CHIRP_ARRIVED, 6);
    hear(tower, &told);
    CHECK(sounds(tower));
    pass(tower, 276);
    hear(tower, &told);
    CHECK(sounds(tower));
    pass(tower, 8);
    hear(tower, &told);
    CHECK(!sounds(tower));

    story("a counter that moves without a chirp plays none; volume 0 is silent");
    told.body[SOUND] = sound_byte(3, CHIRP_NONE, 7);
    hear(tower, &told);
    CHECK(!sounds(tower));
    told.body[SOUND] = sound_byte(0, CHIRP_URGENT, 0);
    hear(tower, &told);
    CHECK(!sounds(tower));
    for (uint8_t volume = 1; volume <= 3; volume++) {
        told.body[SOUND] = sound_byte(volume, CHIRP_URGENT, volume);
        hear(tower, &told);
        CHECK(sounds(tower) && sound_tone(&tower->sound).volume == volume);
    }

    story("a lost host ends the sound at once, and it does not come back with the host");
    pass(tower, 1700);
    sound_play(&tower->sound, CHIRP_TEST);
    pass(tower, 200);
    CHECK(sounds(tower) && !tower->lost);
    pass(tower, 200);
    CHECK(!sounds(tower) && tower->lost);
    told.body[SOUND] = sound_byte(3, CHIRP_TEST, 0);
    hear(tower, &told);
    CHECK(!sounds(tower));

    story("sound without end is cut after five seconds, for as long, and STATUS says so");
    uint8_t body[SAID_BODY_BYTES_MAX] = { 0 };
    keep(tower, &told, 5000);
    for (unsigned ms = 0; ms < 20000; ms += TICK_MS) {
        if (ms % 160 == 0) {
            told.body[SOUND] = sound_byte(3, CHIRP_TEST, (uint8_t)(ms / 160 + 1) % 8);
            hear(tower, &told);
            next_status(tower, body);
        }
        bool cut = ms % 10000 >= 5000;
        CHECK(sounds(tower) == !cut);
        CHECK(ms % 160 || (body[1] >> 2) == cut);
        pass(tower, TICK_MS);
    }

    story("half a second of sound in every second is never cut");
    pass(tower, 5000);
    for (unsigned i = 0; i < 600; i++) {
        told.body[SOUND] = sound_byte(3, CHIRP_WAITING, (uint8_t)(i % 8));
        hear(tower, &told);
        pass(tower, 1000);
        CHECK(!tower->sound.hushed);
    }
    free(tower);
}

void test_hosts(void)
{
    test_silence();
    test_sounds();
}
