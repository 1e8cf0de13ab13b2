#include "events.h"

#include "debounce.h"

static void drop_first(struct events *events)
{
    events->first = (uint8_t)(events->first + 1) % EVENTS_MAX;
    events->count--;
    events->sequence++;
    events->wait = 0;
}

void events_add(struct events *events, uint8_t button, bool pressed)
{
    if (events->count == EVENTS_MAX)
        drop_first(events);
    uint8_t last = (uint8_t)(events->first + events->count++) % EVENTS_MAX;
    events->edges[last] = (uint8_t)(button | (pressed ? 0x80 : 0));
    events->ages_ms[last] = EDGE_AGE_MS;
}

void events_tick(struct events *events)
{
    for (uint8_t i = 0; i < events->count; i++) {
        uint16_t *age_ms = &events->ages_ms[(uint8_t)(events->first + i) % EVENTS_MAX];
        *age_ms = *age_ms > UINT16_MAX - TICK_MS ? UINT16_MAX : (uint16_t)(*age_ms + TICK_MS);
    }
    if (events->wait)
        events->wait--;
}

void events_heard(struct events *events, uint8_t sequence)
{
    if (events->count && sequence == events->sequence)
        drop_first(events);
}

bool events_due(const struct events *events)
{
    return events->count && !events->wait;
}

uint8_t *events_write(struct events *events, uint8_t *body)
{
    uint16_t age_ms = events->ages_ms[events->first];
    *body++ = events->sequence;
    *body++ = events->edges[events->first];
    *body++ = (uint8_t)age_ms;
    *body++ = (uint8_t)(age_ms >> 8);
    events->wait = REPEAT_TICKS;
    return body;
}
