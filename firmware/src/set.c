#include "set.h"

#define SET_HEAD_BYTES 10
#define SET_LINE_BYTES 3

#define MARKS_MAX 2
#define CHIRPS_THERE_ARE 5

/* Half steps that something entered before the instant of sending. */
static age_t age_of(uint8_t entered)
{
    /* 128 and more are the negative ones; -128 is long ago, or longer. */
    return entered == 0x80 ? AGE_LONG : (age_t)(uint8_t)(0x100 - entered);
}

static bool read_head(struct set *set, const uint8_t *body)
{
    struct picture *picture = &set->picture;
    set->phase_ms = (uint16_t)(body[0] | body[1] << 8);
    picture->cover = body[2] & 7;
    picture->alive = body[2] >> 3 & 1;
    picture->fault = body[2] >> 4 & 1;
    picture->more = body[2] >> 5 & 1;
    picture->owed = body[3] & 3;
    picture->voicemail = body[3] >> 2;
    picture->cover_age = age_of(body[4]);
    picture->fault_age = age_of(body[5]);
    picture->more_age = age_of(body[6]);
    set->brightness = body[7];
    set->volume = body[8] & 3;
    set->chirp = body[8] >> 2 & 7;
    set->chirps = body[8] >> 5;
    picture->line_count = body[9];
    return set->phase_ms < GRID_MS && !(body[2] >> 6) && picture->cover <= COVER_HOST_LOST && !(body[3] >> 4)
           && set->brightness && set->chirp < CHIRPS_THERE_ARE && picture->line_count
           && picture->line_count <= LINES_MAX;
}

static bool read_line(struct line *line, const uint8_t *bytes)
{
    line->shown = bytes[0] & 15;
    line->stage = bytes[0] >> 4 & 3;
    line->fill = bytes[0] >> 6;
    line->marks = bytes[1] & 3;
    line->more = bytes[1] >> 2 & 1;
    line->taken = bytes[1] >> 3 & 1;
    line->age = age_of(bytes[2]);
    return line->shown <= SHOWN_TESTED && line->marks <= MARKS_MAX && !(bytes[1] >> 4);
}

bool set_read(struct set *set, const uint8_t *body, uint8_t length)
{
    if (length < SET_HEAD_BYTES || !read_head(set, body))
        return false;
    struct picture *picture = &set->picture;
    if (length != SET_HEAD_BYTES + SET_LINE_BYTES * picture->line_count + lamp_count(picture))
        return false;
    body += SET_HEAD_BYTES;
    for (uint8_t i = 0; i < picture->line_count; i++, body += SET_LINE_BYTES)
        if (!read_line(&picture->lines[i], body))
            return false;
    for (uint8_t i = 0; i < lamp_count(picture); i++, body++) {
        picture->lamps[i] = *body & 7;
        set->blinks[i] = *body >> 3;
        if (picture->lamps[i] > LAMP_FAILED || *body >> 5)
            return false;
    }
    return true;
}

static void grow_older(age_t *age, int8_t halves)
{
    int16_t older = (int16_t)(*age + halves);
    if (*age != AGE_LONG)
        *age = (age_t)(older > AGE_LONG ? AGE_LONG : older < INT8_MIN ? INT8_MIN : older);
}

void picture_age(struct picture *picture, int8_t halves)
{
    grow_older(&picture->cover_age, halves);
    grow_older(&picture->fault_age, halves);
    grow_older(&picture->more_age, halves);
    for (uint8_t i = 0; i < picture->line_count; i++)
        grow_older(&picture->lines[i].age, halves);
}

bool is_drawn(const struct picture *picture)
{
    bool drawn = picture->cover != COVER_NONE;
    for (uint8_t i = 0; i < picture->line_count; i++)
        drawn |= picture->lines[i].shown != SHOWN_NOTHING || picture->lines[i].more;
    return drawn;
}

bool is_lights_out(const struct picture *picture)
{
    bool lit = picture->alive || picture->fault || picture->more || picture->owed || picture->voicemail;
    for (uint8_t i = 0; i < lamp_count(picture); i++)
        lit |= picture->lamps[i] != LAMP_OFF;
    return !lit && !is_drawn(picture);
}
