/* A tower on the bench: what a host tells it, time, and what it says and shows. */
#ifndef BENCH_H
#define BENCH_H

#include <stdbool.h>
#include <stdint.h>

#include "../src/tower.h"

/* Places in the body of a SET of one line. */
enum { PHASE = 0, OVER = 2, OWED, COVER_ENTERED, BRIGHTNESS = 7, SOUND, LINES, LOOK, ADDS, ENTERED, LAMP };

#define SET_BYTES(lines) (10 + 3 * (lines) + 2 * ((lines) + KEYS))
#define SET_BYTES_MAX SET_BYTES(LINES_MAX)

/* A SET: a quiet tower of so many lines, everything entered long ago. */
struct told {
    uint8_t body[SET_BYTES_MAX];
    uint8_t length;
};

/* That, of so many lines. */
struct told quiet(uint8_t lines);

/* A tower just after a reset; whoever is done with it frees it. */
struct tower *new_tower(void);

/* Lets it hear a SET. */
void hear(struct tower *tower, const struct told *told);

/* Lets time pass. */
void pass(struct tower *tower, unsigned ms);

/* Tells the same every 250 ms, for so long. */
void keep(struct tower *tower, const struct told *told, unsigned ms);

/* The type of what it says next, 0 for nothing; its body too, if that is wanted. */
uint8_t says(struct tower *tower, uint8_t *body);

/* The body of its next STATUS. */
void next_status(struct tower *tower, uint8_t *body);

/* Whether exactly these pixels are lit, of 21 of a tower with one line. */
bool is_lit(const struct tower *tower, uint32_t pixels);

#define FAULT_LIGHT (1u << PIXEL_FAULT)
#define GLOW_LIGHT (1u << PIXEL_ALIVE)
#define HOST_LOST_LIGHTS (FAULT_LIGHT | 0x55u << STATUS_PIXELS)
#define LAMP_LIGHT (1u << FIRST_LAMP(1))

#endif
