/* What buttons did and the unit has not heard yet: a queue, of which the oldest event is told again and
   again. */
#ifndef EVENTS_H
#define EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "tick.h"
#include "wire.h"

/* Room for a unit that does not answer for 1.6 s while somebody presses ten times a second. Beyond it the
   oldest event makes room, since one that comes late is not acted on; the unit sees the gap in the
   sequence. */
#define EVENTS_MAX 32

/* An event that was not heard is told again after 48 ms: the unit has had the time to answer it twice. */
#define REPEAT_TICKS TICKS(48)

/* All zero at the beginning. */
struct events {
    uint8_t first;
    uint8_t count;
    uint8_t sequence; /* of the first */
    uint8_t wait;     /* ticks until it is told again; 0 is now */
    uint8_t edges[EVENTS_MAX]; /* as on the wire: the button, and bit 7 for pressed */
    uint16_t ages_ms[EVENTS_MAX];
};

void events_add(struct events *events, uint8_t button, bool pressed);
void events_tick(struct events *events);

/* The unit heard the event of this sequence. */
void events_heard(struct events *events, uint8_t sequence);

/* Whether an event is due to be told. */
bool events_due(const struct events *events);

/* Writes the body of the EVENT that is due, and returns its end. */
uint8_t *events_write(struct events *events, uint8_t *body);

#endif
