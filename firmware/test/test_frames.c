/* Frames: golden, damaged in every small way, and written again. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/frame.h"
#include "../src/tower.h"
#include "check.h"

#define WIRE_MAX 320

/* A frame of the file as it goes over the wire. */
struct wire {
    uint8_t bytes[WIRE_MAX];
    size_t count;
};

/* What comes behind a frame, to be read whatever that was. */
static struct wire next_frame(void)
{
    struct wire wire;
    wire.count = frame_finish(wire.bytes, TYPE_WHO, 7, 0);
    return wire;
}

struct heard {
    unsigned good;
    unsigned damaged;
    bool next; /* the last good one is the one behind */
};

static struct heard hear(const uint8_t *bytes, size_t count)
{
    struct receiver receiver;
    struct heard heard = { 0 };
    struct wire behind = next_frame();
    receiver_start(&receiver);
    for (size_t i = 0; i < count + behind.count; i++)
        if (receiver_take(&receiver, i < count ? bytes[i] : behind.bytes[i - count])) {
            heard.good++;
            heard.next = frame_type(&receiver) == TYPE_WHO && frame_sequence(&receiver) == 7;
        }
    heard.damaged = receiver.damaged;
    return heard;
}

static bool only_next(const uint8_t *bytes, size_t count)
{
    struct heard heard = hear(bytes, count);
    return heard.good == 1 && heard.next;
}

static struct wire unhex(const char *hex)
{
    struct wire wire = { { 0 }, 1 };
    for (unsigned byte; sscanf(hex, "%2x", &byte) == 1; hex += 2)
        wire.bytes[wire.count++] = (uint8_t)byte;
    wire.bytes[wire.count++] = 0;
    return wire;
}

static void check_bits(struct wire wire)
{
    for (size_t bit = 0; bit < 8 * wire.count; bit++) {
        wire.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
        CHECK(only_next(wire.bytes, wire.count));
        wire.bytes[bit / 8] ^= (uint8_t)(1 << bit % 8);
    }
}

static void check_truncations(struct wire wire)
{
    for (size_t length = 1; length < wire.count - 1; length++) {
        CHECK(only_next(wire.bytes, length));
        CHECK(only_next(wire.bytes + wire.count - length, length));
    }
}

static void check_doubles(struct wire wire)
{
    for (size_t at = 1; at < wire.count - 1; at++) {
        struct wire doubled = wire;
        memmove(doubled.bytes + at + 1, doubled.bytes + at, wire.count - at);
        CHECK(only_next(doubled.bytes, wire.count + 1));
    }
}

static void check_good(struct wire wire)
{
    struct heard heard = hear(wire.bytes, wire.count);
    CHECK(heard.good == 2 && heard.next && heard.damaged == 0);
    struct receiver receiver;
    receiver_start(&receiver);
    for (size_t i = 0; i < wire.count; i++)
        receiver_take(&receiver, wire.bytes[i]);
    CHECK(frame_wire_bytes(&receiver) == wire.count);
    uint8_t again[WIRE_MAX];
    memcpy(frame_body_at(again), frame_body(&receiver), frame_length(&receiver));
    uint8_t type = frame_type(&receiver), sequence = frame_sequence(&receiver);
    uint8_t count = frame_finish(again, type, sequence, frame_length(&receiver));
    CHECK(count == wire.count && !memcmp(again, wire.bytes, count));
    check_bits(wire);
    check_truncations(wire);
    check_doubles(wire);
}

/* Whether the tower refuses it, counts it, and hears the next one. */
static bool is_refused(struct wire wire)
{
    struct tower *tower = calloc(1, sizeof *tower);
    struct wire behind = next_frame();
    tower_start(tower, 0, 0);
    tower->owes_hello = false;
    for (size_t i = 0; i < wire.count; i++)
        tower_receive(tower, wire.bytes[i]);
    bool refused = tower->receiver.damaged == 1 && !tower->owes_status && !tower->owes_hello;
    for (size_t i = 0; i < behind.count; i++)
        tower_receive(tower, behind.bytes[i]);
    refused = refused && tower->owes_hello;
    free(tower);
    return refused;
}

void test_frames(const char *vectors)
{
    FILE *file = fopen(vectors, "r");
    char line[1024], kind[16], name[64], hex[800];
    unsigned good = 0, damaged = 0;
    CHECK(file != NULL);
    while (file && fgets(line, sizeof line, file)) {
        if (sscanf(line, "%15s %63s %799s", kind, name, hex) != 3 || kind[0] == '#')
            continue;
        story(name);
        if (!strcmp(kind, "good")) {
            good++;
            check_good(unhex(hex));
        } else {
            damaged++;
            CHECK(is_refused(unhex(hex)));
        }
    }
    if (file)
        fclose(file);
    story("the file of frames");
    CHECK(good >= 10 && damaged >= 30);

    story("nothing between zero bytes is neither a frame nor damage");
    uint8_t zeros[100] = { 0 };
    struct heard heard = hear(zeros, sizeof zeros);
    CHECK(heard.good == 1 && heard.damaged == 0);

    story("damage is counted up to 65,535 and no further");
    struct receiver receiver;
    receiver_start(&receiver);
    for (uint32_t i = 0; i < 70000; i++) {
        receiver_take(&receiver, 9);
        receiver_take(&receiver, 0);
    }
    CHECK(receiver.damaged == 65535);
}
