#include "events.h"

#include "debounce.h"

void events_start(struct events *events)
{
    *events = (struct events){ 0 };
}

static void drop_first(struct events *events)
{
    events->first = (uint8_t)((events->first + 1) % EVENTS_MAX);
    events->count--;
    events->sequence++;
    events->wait = 0;
}

void events_add(struct events *events, uint8_t button, bool pressed)
{
    if (events->count == EVENTS_MAX)
        drop_first(events);
    struct event *event = &events->queue[(events->first + events->count) % EVENTS_MAX];
    event->edge = (uint8_t)(button | (pressed ? 0x80 : 0));
    event->age_ms = EDGE_AGE_MS;
    events->count++;
}

void events_tick(struct events *events)
{
    for (uint8_t i = 0; i < events->count; i++) {
        struct event *event = &events->queue[(events->first + i) % EVENTS_MAX];
        event->age_ms = event->age_ms > UINT16_MAX - TICK_MS ? UINT16_MAX : (uint16_t)(event->age_ms + TICK_MS);
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

void events_write(struct events *events, uint8_t *body)
{
    const struct event *event = &events->queue[events->first];
    body[0] = events->sequence;
    body[1] = event->edge;
    body[2] = (uint8_t)event->age_ms;
    body[3] = (uint8_t)(event->age_ms >> 8);
    events->wait = REPEAT_TICKS;
}
