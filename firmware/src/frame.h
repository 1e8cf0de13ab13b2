/* Frames: (length, type, sequence, body, CRC-32), stuffed by COBS, between two zero bytes. Received a byte
   at a time as they come, so that nothing is left to compute when the last one is there. */
#ifndef FRAME_H
#define FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

struct receiver {
    uint8_t count;    /* of plain bytes */
    uint8_t run;      /* bytes until the next byte of stuffing */
    uint8_t heard;    /* bytes since the last zero byte, 255 at most */
    uint8_t ended;    /* the same of the frame that ended last */
    bool bad;         /* something is wrong already */
    uint32_t crc;
    uint16_t damaged; /* frames, 65,535 at most */
    uint8_t plain[PLAIN_BYTES_MAX]; /* what was unstuffed so far */
};

/* Begins between two frames, with nothing damaged yet. */
void receiver_start(struct receiver *receiver);

/* Takes one byte off the wire. Returns true if it ends a good frame, which can then be read until the next
   byte is taken. Whatever is wrong is dropped up to the next zero byte and counted. */
bool receiver_take(struct receiver *receiver, uint8_t byte);

/* Counts the frame that was just received as damaged: its type is unknown, or its body breaks a rule. */
void receiver_refuse(struct receiver *receiver);

static inline uint8_t frame_length(const struct receiver *receiver)
{
    return receiver->plain[0];
}

static inline uint8_t frame_type(const struct receiver *receiver)
{
    return receiver->plain[1];
}

static inline uint8_t frame_sequence(const struct receiver *receiver)
{
    return receiver->plain[2];
}

static inline const uint8_t *frame_body(const struct receiver *receiver)
{
    return receiver->plain + HEAD_BYTES;
}

/* Bytes of the frame that was just received as they went over the wire, its zero bytes included. */
static inline uint8_t frame_wire_bytes(const struct receiver *receiver)
{
    return (uint8_t)(receiver->ended + 2);
}

/* Where the body of a frame is to be put before it is finished. */
static inline uint8_t *frame_body_at(uint8_t *frame)
{
    return frame + 2 + HEAD_BYTES;
}

/* Puts the rest of a frame around its body, stuffs it, and returns its bytes: its zero bytes are among
   them. */
uint8_t frame_finish(uint8_t *frame, uint8_t type, uint8_t sequence, uint8_t length);

#endif
