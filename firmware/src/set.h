/* SET: the whole picture, as the unit tells it. */
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

struct line {
    uint8_t shown;
    uint8_t stage;
    uint8_t fill;
    uint8_t marks;
    bool more;
    bool taken;
    age_t age;
};

struct picture {
    uint8_t cover;
    bool alive;
    bool fault;
    bool more;
    uint8_t owed;      /* status pixels that are lit, 0 to 3 */
    uint8_t voicemail; /* the same */
    age_t cover_age;
    age_t fault_age;
    age_t more_age;
    uint8_t line_count;
    struct line lines[LINES_MAX];
    uint8_t lamps[LINES_MAX + KEYS]; /* looks: the line buttons that there are, then the keys */
};

struct set {
    uint16_t phase_ms;
    struct picture picture; /* with its ages at the instant of sending */
    uint8_t blinks[LINES_MAX + KEYS]; /* a counter for each lamp */
    uint8_t brightness;
    uint8_t volume;
    uint8_t chirp;
    uint8_t chirps; /* a counter */
};

/* Reads the body of a SET; false if it breaks any rule, and `set` is worth nothing then. */
bool set_read(struct set *set, const uint8_t *body, uint8_t length);

static inline uint8_t lamp_count(const struct picture *picture)
{
    return (uint8_t)(picture->line_count + KEYS);
}

/* Makes everything in it so many half steps older. */
void picture_age(struct picture *picture, int8_t halves);

/* Returns whether any segment is lit, or will be. */
bool is_drawn(const struct picture *picture);

/* Returns whether nothing at all is lit: the last word of a unit that shuts down. */
bool is_lights_out(const struct picture *picture);

#endif
