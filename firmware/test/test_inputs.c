/* Buttons and their events. */
#include "../src/debounce.h"
#include "../src/events.h"
#include "check.h"

static uint16_t at_tick(struct debounce *debounce, uint16_t sample)
{
    return debounce_sample(debounce, sample, 1);
}

static uint16_t between(struct debounce *debounce, uint16_t sample)
{
    return debounce_sample(debounce, sample, 0);
}

static void settle(struct debounce *debounce, uint16_t sample)
{
    for (int i = 0; i < SAMPLES; i++)
        at_tick(debounce, sample);
}

static void test_debounce(void)
{
    story("what is pressed at a reset is a level and no event");
    struct debounce debounce = { 0 };
    for (int i = 0; i < 20; i++)
        CHECK(at_tick(&debounce, 0x0801) == 0);
    CHECK(debounce.levels == 0x0801);

    story("letting go of it afterwards is an event");
    settle(&debounce, 0x0001);
    CHECK(debounce.levels == 0x0001);

    story("five samples that agree are a change, told once");
    debounce = (struct debounce){ 0 };
    settle(&debounce, 0);
    for (int i = 1; i < SAMPLES; i++)
        CHECK(at_tick(&debounce, 4) == 0);
    CHECK(at_tick(&debounce, 4) == 4);
    CHECK(at_tick(&debounce, 4) == 0);

    story("four that agree are none, however often");
    for (int round = 0; round < 50; round++)
        for (int i = 0; i < 2 * SAMPLES - 2; i++)
            CHECK(at_tick(&debounce, i < SAMPLES - 1 ? 0 : 4) == 0);
    CHECK(debounce.levels == 4);

    story("the edge itself is the first sample");
    CHECK(between(&debounce, 0) == 0);
    for (int i = 2; i < SAMPLES; i++)
        CHECK(at_tick(&debounce, 0) == 0);
    CHECK(at_tick(&debounce, 0) == 4);

    story("looking between two ticks counts nothing but edges");
    for (int i = 0; i < 100; i++)
        CHECK(between(&debounce, 8) == 0);
    settle(&debounce, 8);
    CHECK(debounce.levels == 8);

    story("every button has its own count");
    debounce = (struct debounce){ 0 };
    settle(&debounce, 0);
    uint16_t told = 0;
    for (uint16_t sample = 0, i = 0; i < BUTTONS + SAMPLES; i++) {
        if (i < BUTTONS)
            sample = (uint16_t)(sample | 1u << i);
        uint16_t changed = at_tick(&debounce, sample);
        CHECK(!(changed & told));
        told |= changed;
    }
    CHECK(told == (1u << BUTTONS) - 1 && debounce.levels == told);
}

static void pass(struct events *events, unsigned ticks)
{
    while (ticks--)
        events_tick(events);
}

static uint16_t age_in(const uint8_t *body)
{
    return (uint16_t)(body[2] | body[3] << 8);
}

static void test_events(void)
{
    story("an event is told at once, then every 48 ms, and grows old meanwhile");
    struct events events = { 0 };
    uint8_t body[4];
    CHECK(!events_due(&events));
    events_add(&events, 3, true);
    for (unsigned round = 0; round < 10; round++) {
        CHECK(events_due(&events));
        CHECK(events_write(&events, body) == body + 4);
        CHECK(body[0] == 0 && body[1] == (0x80 | 3));
        CHECK(age_in(body) == EDGE_AGE_MS + 48 * round);
        CHECK(!events_due(&events));
        pass(&events, REPEAT_TICKS);
    }

    story("once it is heard the next one is told, and no sequence but its own ends it");
    events_add(&events, 11, false);
    events_heard(&events, 1);
    CHECK(events.count == 2);
    events_heard(&events, 0);
    CHECK(events.count == 1 && events_due(&events));
    events_write(&events, body);
    CHECK(body[0] == 1 && body[1] == 11);
    events_heard(&events, 1);
    events_heard(&events, 1);
    CHECK(events.count == 0 && !events_due(&events));

    story("an age stops at 65,535 ms");
    events_add(&events, 0, true);
    pass(&events, 20000);
    events_write(&events, body);
    CHECK(age_in(body) == 65535);
    pass(&events, 20000);
    events_write(&events, body);
    CHECK(age_in(body) == 65535);
    events_heard(&events, body[0]);

    story("beyond 32 events the oldest makes room, and the sequence shows the gap");
    uint8_t first = events.sequence;
    for (uint8_t i = 0; i < EVENTS_MAX + 5; i++)
        events_add(&events, (uint8_t)(i % BUTTONS), i % 2);
    CHECK(events.count == EVENTS_MAX);
    for (uint8_t i = 5; i < EVENTS_MAX + 5; i++) {
        events_write(&events, body);
        CHECK(body[0] == (uint8_t)(first + i));
        CHECK(body[1] == (i % BUTTONS | (i % 2 ? 0x80 : 0)));
        events_heard(&events, body[0]);
    }
    CHECK(events.count == 0);

    story("a thousand presses are a thousand events, in order, whatever the sequence wraps");
    for (unsigned i = 0; i < 2000; i++) {
        events_add(&events, 7, i % 2 == 0);
        events_write(&events, body);
        CHECK(body[1] == (i % 2 == 0 ? 0x87 : 0x07));
        events_heard(&events, body[0]);
    }
}

void test_inputs(void)
{
    test_debounce();
    test_events();
}
