#include "set.h"

#define SET_HEAD_BYTES 10
#define SET_LINE_BYTES 3
#define SET_LAMP_BYTES 2

#define MARKS_MAX 2
#define CHIRPS_MAX 4

/* Half steps that something entered before the instant of sending: two's complement, and -128 is long ago. */
static age_t age_of(uint8_t entered)
{
    return entered == 0x80 ? AGE_LONG : (age_t)(uint8_t)-entered;
}

static bool read_head(struct set *set, const uint8_t *body)
{
    struct picture *picture = &set->picture;
    set->phase_ms = (uint16_t)(body[0] | body[1] << 8);
    picture->over = body[2];
    picture->owed = body[3];
    for (uint8_t i = 0; i < AGE_LINES; i++)
        picture->ages[i] = age_of(body[4 + i]);
    set->brightness = body[7];
    set->sound = body[8];
    picture->line_count = body[9];
    return set->phase_ms < GRID_MS && picture->over < 0x40 && cover_of(picture) <= COVER_HOST_LOST
           && picture->owed < 0x10 && set->brightness && chirp_of(set->sound) <= CHIRPS_MAX
           && picture->line_count && picture->line_count <= LINES_MAX;
}

static bool read_line(struct picture *picture, uint8_t place, const uint8_t *bytes)
{
    picture->looks[place] = bytes[0];
    picture->adds[place] = bytes[1];
    picture->ages[AGE_LINES + place] = age_of(bytes[2]);
    return shown_of(picture, place) <= SHOWN_TESTED && (bytes[1] & 3) <= MARKS_MAX && bytes[1] < 0x10;
}

static bool read_lamp(struct picture *picture, uint8_t lamp, const uint8_t *bytes)
{
    picture->lamps[lamp] = bytes[0];
    picture->ages[AGE_LAMPS + lamp] = age_of(bytes[1]);
    return lamp_look(picture, lamp) <= LAMP_FAILED && bytes[0] < 0x20;
}

bool set_read(struct set *set, const uint8_t *body, uint8_t length)
{
    struct picture *picture = &set->picture;
    if (length < SET_HEAD_BYTES || !read_head(set, body))
        return false;
    uint8_t lines = picture->line_count, lamps = lamp_count(picture);
    if (length != SET_HEAD_BYTES + SET_LINE_BYTES * lines + SET_LAMP_BYTES * lamps)
        return false;
    body += SET_HEAD_BYTES;
    for (uint8_t i = 0; i < lines; i++, body += SET_LINE_BYTES)
        if (!read_line(picture, i, body))
            return false;
    for (uint8_t i = 0; i < lamps; i++, body += SET_LAMP_BYTES)
        if (!read_lamp(picture, i, body))
            return false;
    return true;
}

void picture_age(struct picture *picture, int8_t halves)
{
    for (uint8_t i = 0; halves && i < AGES; i++) {
        int16_t older = (int16_t)(picture->ages[i] + halves);
        if (picture->ages[i] != AGE_LONG)
            picture->ages[i] = (age_t)(older > AGE_LONG ? AGE_LONG : older < INT8_MIN ? INT8_MIN : older);
    }
}

bool is_empty(const struct picture *picture, uint8_t place)
{
    return shown_of(picture, place) == SHOWN_NOTHING && !(picture->adds[place] & LINE_MORE);
}

bool is_drawn(const struct picture *picture)
{
    for (uint8_t i = 0; i < picture->line_count; i++)
        if (!is_empty(picture, i))
            return true;
    return cover_of(picture) != COVER_NONE;
}

bool is_lights_out(const struct picture *picture)
{
    for (uint8_t i = 0; i < lamp_count(picture); i++)
        if (lamp_look(picture, i) != LAMP_OFF)
            return false;
    return !picture->over && !picture->owed && !is_drawn(picture);
}
