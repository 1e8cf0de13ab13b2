/* The controller, without its hardware: bytes, ticks and buttons go in; pixels, tones and frames come out. It reads no
   clock: time is the tick that it is told. */
#ifndef TOWER_H
#define TOWER_H

#include <stdbool.h>
#include <stdint.h>

#include "chain.h"
#include "current.h"
#include "debounce.h"
#include "events.h"
#include "frame.h"
#include "grid.h"
#include "guard.h"
#include "palette.h"
#include "set.h"
#include "sound.h"

/* So long without a good SET, and the unit is lost. It sends one every 250 ms, so that seven may be missed. One tick
   more, for the first one comes at any time after the SET. */
#define HOST_LOST_TICKS (TICKS(2000) + 1)

/* One blink of a lamp that answers a press: two half steps. */
#define BLINK_TICKS TICKS(180)

struct tower {
    struct receiver receiver;
    struct grid grid;
    struct guard guard;
    struct current current;
    struct debounce debounce;
    struct events events;
    struct sound sound;

    struct picture picture; /* the unit's, or our own */
    uint8_t brightness;
    uint8_t chirps;                            /* the counters of the last SET */
    uint8_t blinks[LINES_MAX + KEYS];
    uint8_t blink_ticks[LINES_MAX + KEYS];     /* until a blink is over */
    uint16_t silence;                          /* ticks since the last good SET, no further than HOST_LOST_TICKS */
    bool lost;                                 /* no unit stands behind the picture; until the next good SET */

    bool stale;                                /* the pixels may have to change */
    uint8_t shades[CHAIN_PIXELS_MAX];          /* what is shown */
    uint8_t count;                             /* of pixels that are sent: of this picture, and of the last one */
    uint8_t reach;                             /* of pixels that this picture needs */
    struct colour palette[SHADES_COUNT];
    bool dims;                                 /* the current limit holds */

    bool owes_hello;
    bool owes_status;
    bool was_lost;                             /* until the SET that STATUS answers */
    uint8_t answers;                           /* the sequence of that SET */
    uint8_t sequence;                          /* of our own next frame */
    uint16_t lost_bytes;                       /* by the USART */
    uint32_t uptime_ms;
    uint16_t boot_count;
    uint8_t reset_cause;
};

void tower_start(struct tower *tower, uint16_t boot_count, uint8_t reset_cause);

/* Takes one byte of the unit's. */
void tower_receive(struct tower *tower, uint8_t byte);

/* A tick has passed. `pressed` is a sample of the buttons, `lost_bytes` what the USART has lost since the reset. */
void tower_tick(struct tower *tower, uint16_t pressed, uint16_t lost_bytes);

/* Returns whether `shades`, `count` and `palette` have to be sent to the pixels. */
bool tower_draw(struct tower *tower);

/* Writes the next frame for the unit, SAID_BYTES_MAX at most, and returns its bytes; 0 if there is none. */
uint8_t tower_say(struct tower *tower, uint8_t *out);

#endif
