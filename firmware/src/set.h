/* SET: the whole picture, as the unit tells it. What it says stays packed as it came, but for the ages. */
#ifndef SET_H
#define SET_H

#include <stdbool.h>
#include <stdint.h>

#include "wire.h"

enum cover { COVER_NONE, COVER_SWEEP, COVER_LOST, COVER_HOST_LOST };

enum shown {
    SHOWN_NOTHING,
    SHOWN_FAILED,
    SHOWN_ASKED,
    SHOWN_URGENT,
    SHOWN_WAITING,
    SHOWN_HELD,
    SHOWN_TAKEN,
    SHOWN_UNSURE,
    SHOWN_CLOSING,
    SHOWN_LINE_LOST,
    SHOWN_TESTED,
};

enum lamp_look { LAMP_OFF, LAMP_TAKEABLE, LAMP_ASKED, LAMP_STEADY, LAMP_FAILED };

/* Half steps since something entered. Negative: it will. */
typedef int8_t age_t;

/* So long ago that it makes no difference any more; ages stay there. */
#define AGE_LONG 127

/* What has an age: the cover, the fault light and the more light, then every line and every lamp. */
enum ages {
    AGE_COVER,
    AGE_FAULT,
    AGE_MORE,
    AGE_LINES,
    AGE_LAMPS = AGE_LINES + LINES_MAX,
    AGES = AGE_LAMPS + LAMPS_MAX,
};

struct picture {
    uint8_t over; /* bits 0-2 cover, then the three below */
    uint8_t owed; /* bits 0-1 callers owed, 2-3 voicemails: as many status pixels */
    uint8_t line_count;
    uint8_t looks[LINES_MAX]; /* bits 0-3 shown, 4-5 stage, 6-7 fill */
    uint8_t adds[LINES_MAX];  /* bits 0-1 marks, then the two below */
    uint8_t lamps[LAMPS_MAX]; /* bits 0-2 look, 3-4 a counter: of the lines that there are, then the keys */
    age_t ages[AGES];
};

#define LINE_MORE 0x04
#define LINE_TAKEN 0x08

#define OVER_ALIVE 0x08
#define OVER_FAULT 0x10
#define OVER_MORE 0x20

#define LAMP_BLINKS 0x18

/* The sound byte: bits 0-1 volume, 2-4 chirp, then a counter. */
#define SOUND_CHIRPS 0xE0

struct set {
    uint16_t phase_ms;
    struct picture picture; /* with its ages at the instant of sending */
    uint8_t brightness;
    uint8_t sound;
};

/* Reads the body of a SET; false if it breaks any rule, and `set` is worth nothing then. */
bool set_read(struct set *set, const uint8_t *body, uint8_t length);

static inline uint8_t cover_of(const struct picture *picture)
{
    return picture->over & 7;
}

static inline uint8_t shown_of(const struct picture *picture, uint8_t place)
{
    return picture->looks[place] & 15;
}

static inline uint8_t lamp_count(const struct picture *picture)
{
    return (uint8_t)(picture->line_count + KEYS);
}

static inline uint8_t lamp_look(const struct picture *picture, uint8_t lamp)
{
    return picture->lamps[lamp] & 7;
}

static inline uint8_t volume_of(uint8_t sound)
{
    return sound & 3;
}

static inline uint8_t chirp_of(uint8_t sound)
{
    return sound >> 2 & 7;
}

/* Makes everything in it so many half steps older. */
void picture_age(struct picture *picture, int8_t halves);

/* Returns whether nobody waits on the line, and nothing else is to be said of it. */
bool is_empty(const struct picture *picture, uint8_t place);

/* Returns whether any segment is lit, or will be. */
bool is_drawn(const struct picture *picture);

/* Returns whether nothing at all is lit: the last word of a unit that shuts down. */
bool is_lights_out(const struct picture *picture);

#endif
