/* The controller, without its hardware: bytes, ticks and buttons go in; pixels, tones and frames come out.
   It reads no clock: time is the tick that it is told. */
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

/* So long without a good SET, and the unit is lost. It sends one every 250 ms, so that seven may be
   missed. One tick more, for the first one comes at any time after the SET. */
#define HOST_LOST_TICKS (TICKS(2000) + 1)

/* A dark lamp that answers a press is lit for a step of the grid, and for another one it does not answer
   again. */
#define BLINK_TICKS TICKS(360)
#define BLINK_DARK_TICKS TICKS(180)

struct tower {
    struct grid grid;
    struct sound sound;
    struct current current;

    uint8_t brightness;
    uint8_t told_sound; /* the sound byte of the last SET */
    uint16_t silence;   /* ticks since the last good SET, no further than HOST_LOST_TICKS */
    bool lost;          /* no unit stands behind the picture, until the next good SET */
    bool stale;         /* the pixels may have to change */
    uint8_t mixed;      /* the brightness of the palette; 0 before the first */
    bool dims;          /* the current limit holds */
    uint8_t count;      /* of pixels to send: those of this picture, and of the one before it */
    uint8_t reach;      /* of pixels of this picture */

    bool owes_hello;
    bool owes_status;
    bool was_lost;      /* until the SET that STATUS answers */
    uint8_t answers;    /* the sequence of that SET */
    uint8_t sequence;   /* of our own next frame */
    uint16_t boot_count;
    uint8_t reset_cause;
    uint32_t uptime_ms;

    struct picture picture; /* the unit's, or our own */
    uint8_t blink_ticks[LAMPS_MAX]; /* until a lamp may answer again */
    uint8_t palette[LEVELS];
    struct debounce debounce;
    struct receiver receiver;
    struct events events;
    struct guard guard;
};

/* Begins after a reset; everything was zero. */
void tower_start(struct tower *tower, uint16_t boot_count, uint8_t reset_cause);

/* Takes one byte of the unit's. */
void tower_receive(struct tower *tower, uint8_t byte);

/* A tick has passed. */
void tower_tick(struct tower *tower);

/* Takes a sample of the buttons, at a tick (1) or between two (0): then only what changed counts. */
void tower_sample(struct tower *tower, uint16_t pressed, uint8_t ticks);

/* Returns whether `guard.shown`, `count` and `palette` have to be sent to the pixels. */
bool tower_draw(struct tower *tower);

/* Writes the next frame for the unit, SAID_BYTES_MAX at most, and returns how many bytes it has; 0 if
   there is none. `lost_bytes` is what the USART has lost since the reset. */
uint8_t tower_say(struct tower *tower, uint8_t *frame, uint16_t lost_bytes);

#endif
