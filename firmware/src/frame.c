#include "frame.h"

#include "crc32.h"

static void begin(struct receiver *receiver)
{
    receiver->count = 0;
    receiver->run = 0;
    receiver->heard = 0;
    receiver->bad = false;
    receiver->crc = CRC32_START;
}

void receiver_start(struct receiver *receiver)
{
    begin(receiver);
    receiver->ended = 0;
    receiver->damaged = 0;
}

static void keep(struct receiver *receiver, uint8_t byte)
{
    if (receiver->count == PLAIN_BYTES_MAX) {
        receiver->bad = true;
        return;
    }
    receiver->plain[receiver->count++] = byte;
    receiver->crc = crc32_after(receiver->crc, byte);
}

/* A byte that is not zero: either one of the message, or one that says how far the next zero byte of it
   is. */
static void unstuff(struct receiver *receiver, uint8_t byte)
{
    if (receiver->run) {
        receiver->run--;
    } else {
        receiver->run = (uint8_t)(byte - 1);
        byte = 0;
        if (!receiver->heard)
            return;
    }
    keep(receiver, byte);
}

static bool is_good(const struct receiver *receiver)
{
    return !receiver->bad && !receiver->run && receiver->crc == CRC32_GOOD
           && receiver->count == HEAD_BYTES + frame_length(receiver) + CHECKSUM_BYTES;
}

bool receiver_take(struct receiver *receiver, uint8_t byte)
{
    if (byte == 0) {
        bool good = is_good(receiver);
        if (receiver->heard && !good)
            receiver_refuse(receiver);
        receiver->ended = receiver->heard;
        begin(receiver);
        return good;
    }
    unstuff(receiver, byte);
    if (receiver->heard < UINT8_MAX)
        receiver->heard++;
    return false;
}

void receiver_refuse(struct receiver *receiver)
{
    if (receiver->damaged < UINT16_MAX)
        receiver->damaged++;
}

uint8_t frame_finish(uint8_t *frame, uint8_t type, uint8_t sequence, uint8_t length)
{
    uint8_t *at = frame_body_at(frame) - HEAD_BYTES;
    at[0] = length;
    at[1] = type;
    at[2] = sequence;
    uint32_t crc = CRC32_START;
    for (uint8_t i = 0; i < HEAD_BYTES + length; i++)
        crc = crc32_after(crc, *at++);
    crc = ~crc;
    for (uint8_t i = 0; i < CHECKSUM_BYTES; i++, crc >>= 8)
        *at++ = (uint8_t)crc;
    /* Stuffing needs one byte more, the one in front: every zero byte becomes the way to the next one. */
    uint8_t *end = at;
    uint8_t *stuffing = frame + 1;
    for (at = stuffing + 1; at < end; at++)
        if (!*at) {
            *stuffing = (uint8_t)(at - stuffing);
            stuffing = at;
        }
    *stuffing = (uint8_t)(end - stuffing);
    *frame = *end++ = 0;
    return (uint8_t)(end - frame);
}
