/* The wire between unit and controller in numbers; firmware/README.md has it byte by byte. Its twin in
   Python is appliance/tower/wire/. */
#ifndef WIRE_H
#define WIRE_H

#define WIRE_PROTOCOL 1

enum type {
    TYPE_SET = 0x01,
    TYPE_HEARD = 0x02,
    TYPE_WHO = 0x03,
    TYPE_STATUS = 0x81,
    TYPE_EVENT = 0x82,
    TYPE_HELLO = 0x83,
};

#define BODY_BYTES_MAX 64
#define HEAD_BYTES 3
#define CHECKSUM_BYTES 4

/* A frame without its stuffing. */
#define PLAIN_BYTES_MAX (HEAD_BYTES + BODY_BYTES_MAX + CHECKSUM_BYTES)

/* Bytes that the controller says at once: a STATUS of 12 bytes, stuffed, between two zero bytes. */
#define SAID_BODY_BYTES_MAX 12
#define SAID_BYTES_MAX (2 + 1 + HEAD_BYTES + SAID_BODY_BYTES_MAX + CHECKSUM_BYTES)

#define LINES_MAX 8

/* The buttons that belong to no line and have a lamp: mute, away, owed. */
#define KEYS 3

#define LAMPS_MAX (LINES_MAX + KEYS)

/* Line buttons, keys, and the hook switch, which has no lamp. */
#define BUTTONS (LINES_MAX + KEYS + 1)

/* After so many milliseconds every pattern has repeated: 112 half steps of the grid. */
#define GRID_MS 10000
#define GRID_HALVES 112

#endif
