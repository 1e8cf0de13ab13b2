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

/* A byte that is not zero: either one of the message, or one that says how far the next zero byte of it is. */
static void unstuff(struct receiver *receiver, uint8_t byte)
{
    if (receiver->run) {
        receiver->run--;
        keep(receiver, byte);
        return;
    }
    if (receiver->heard)
        keep(receiver, 0);
    receiver->run = (uint8_t)(byte - 1);
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

uint8_t frame_write(uint8_t *out, uint8_t type, uint8_t sequence, const uint8_t *body, uint8_t length)
{
    uint8_t plain[SAID_BYTES_MAX];
    uint8_t count = 0;
    plain[count++] = length;
    plain[count++] = type;
    plain[count++] = sequence;
    for (uint8_t i = 0; i < length; i++)
        plain[count++] = body[i];
    uint32_t crc = CRC32_START;
    for (uint8_t i = 0; i < count; i++)
        crc = crc32_after(crc, plain[i]);
    crc = ~crc;
    for (uint8_t i = 0; i < CHECKSUM_BYTES; i++) {
        plain[count++] = (uint8_t)crc;
        crc >>= 8;
    }
    /* The byte of stuffing before a run is known at the run's end. */
    uint8_t at = 0;
    out[at++] = 0;
    uint8_t stuffing = at++;
    for (uint8_t i = 0; i < count; i++) {
        if (plain[i]) {
            out[at++] = plain[i];
            continue;
        }
        out[stuffing] = (uint8_t)(at - stuffing);
        stuffing = at++;
    }
    out[stuffing] = (uint8_t)(at - stuffing);
    out[at++] = 0;
    return at;
}
