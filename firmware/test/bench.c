#include "bench.h"

#include <stdlib.h>
#include <string.h>

struct told quiet(uint8_t lines)
{
    struct told told = { { 0 }, (uint8_t)SET_BYTES(lines) };
    told.body[OVER] = OVER_ALIVE;
    memset(told.body + COVER_ENTERED, 0x80, 3);
    told.body[BRIGHTNESS] = 255;
    told.body[SOUND] = 3;
    told.body[LINES] = lines;
    for (uint8_t i = 0; i < lines; i++)
        told.body[ENTERED + 3 * i] = 0x80;
    for (uint8_t i = 0; i < lines + KEYS; i++)
        told.body[ENTERED + 3 * (lines - 1) + 2 + 2 * i] = 0x80;
    return told;
}

void hear(struct tower *tower, const struct told *told)
{
    uint8_t frame[100];
    static uint8_t sequence;
    memcpy(frame_body_at(frame), told->body, told->length);
    uint8_t count = frame_finish(frame, TYPE_SET, ++sequence, told->length);
    for (uint8_t i = 0; i < count; i++)
        tower_receive(tower, frame[i]);
}

void pass(struct tower *tower, unsigned ms)
{
    for (unsigned i = 0; i < TICKS(ms); i++) {
        tower_tick(tower);
        tower_sample(tower, 0, 1);
        tower_draw(tower);
    }
}

void keep(struct tower *tower, const struct told *told, unsigned ms)
{
    for (unsigned i = 0; i < ms / 250; i++) {
        hear(tower, told);
        pass(tower, 250);
    }
}

struct tower *new_tower(void)
{
    struct tower *tower = calloc(1, sizeof *tower);
    tower_start(tower, 0, 0);
    return tower;
}

uint8_t says(struct tower *tower, uint8_t *body)
{
    uint8_t frame[SAID_BYTES_MAX];
    struct receiver receiver;
    uint8_t count = tower_say(tower, frame, 0);
    receiver_start(&receiver);
    for (uint8_t i = 0; i < count; i++)
        receiver_take(&receiver, frame[i]);
    if (count && body)
        memcpy(body, frame_body(&receiver), frame_length(&receiver));
    return count ? frame_type(&receiver) : 0;
}

void next_status(struct tower *tower, uint8_t *body)
{
    while (says(tower, body) != TYPE_STATUS)
        ;
}

bool is_lit(const struct tower *tower, uint32_t pixels)
{
    for (uint8_t i = 0; i < CHAIN_PIXELS_MAX; i++)
        if (!tower->guard.shown[i] != !(i < 32 && pixels >> i & 1))
            return false;
    return true;
}
