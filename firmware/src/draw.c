#include "draw.h"

#include <string.h>

#include "patterns.h"

#define STAGES 3

/* The half step, and where in the slow flash's period it is: dividing takes long on this chip, and is done
   once. */
struct now {
    uint8_t half;
    uint8_t slow;
};

/* Whether a flash is lit. One that came on in the middle of a period is lit until the cadence goes dark
   after a whole first stretch (beats.py: joins), so that it meets the others without a short blink. */
static bool is_on(uint8_t cadence, struct now now, age_t age)
{
    uint8_t period = CADENCES[cadence].period, lit = CADENCES[cadence].lit;
    uint8_t phase = period == SLOW_PERIOD ? now.slow : now.half % FAST_PERIOD;
    if (age < 0)
        return false;
    if (phase < lit)
        return true;
    if (age >= period + lit)
        return false;
    age_t entered = (age_t)(phase - age);
    while (entered < 0)
        entered = (age_t)(entered + period);
    return entered && entered + age < period + lit;
}

/* Layers are painted from the lowest up: a later one covers what was there. */
static void paint(uint8_t *shades, uint8_t mask, uint8_t shade)
{
    for (; mask; mask >>= 1, shades++)
        if (mask & 1)
            *shades = shade;
}

static void paint_pattern(uint8_t *shades, const IN_FLASH struct pattern *pattern, uint8_t half, age_t age)
{
    uint8_t at = pattern->once ? (uint8_t)age : half & pattern->last;
    if (age >= 0)
        paint(shades, MASKS[pattern->first + (at < pattern->last ? at : pattern->last)], pattern->shade);
}

/* What a caller does who waits, also unsure or between two rings: the fill and the marks flash. */
static void paint_caller(uint8_t *shades, const struct picture *picture, uint8_t place, struct now now)
{
    uint8_t shown = shown_of(picture, place);
    uint8_t stage = picture->looks[place] >> 4 & 3;
    uint8_t cadence = SLOW, shade = stage == 2 ? SHADE_AMBER : SHADE_BLUE, mark_shade = SHADE_WHITE;
    if (shown == SHOWN_UNSURE) {
        cadence = TWO_ON_FIVE_OFF;
        shade = mark_shade = SHADE_WHITE_DIM;
    } else if (shown == SHOWN_URGENT || stage == STAGES) {
        cadence = FAST;
        shade = SHADE_RED;
    }
    if (is_on(cadence, now, picture->ages[AGE_LINES + place])) {
        paint(shades, FILL[picture->looks[place] >> 6], shade);
        paint(shades, MARKS[picture->adds[place] & 3], mark_shade);
    }
    if (shown == SHOWN_HELD)
        paint(shades, STEP_MASK, shade);
}

static bool is_caller(uint8_t shown)
{
    return (shown >= SHOWN_URGENT && shown <= SHOWN_HELD) || shown == SHOWN_UNSURE;
}

/* Returns what covers this line, if anything does. */
static uint8_t cover_on(const struct picture *picture, uint8_t place)
{
    uint8_t cover = cover_of(picture), shown = shown_of(picture, place);
    if (is_empty(picture, place) || cover == COVER_HOST_LOST)
        return cover;
    /* A caller that we know of matters more, and so does the lamp test. */
    return cover == COVER_LOST && shown > SHOWN_TAKEN && shown != SHOWN_TESTED ? cover : COVER_NONE;
}

static void draw_segment(uint8_t *shades, const struct picture *picture, uint8_t place, struct now now)
{
    uint8_t shown = shown_of(picture, place), adds = picture->adds[place], cover = cover_on(picture, place);
    age_t age = picture->ages[AGE_LINES + place];
    if (age < 0 || (!cover && is_empty(picture, place)))
        return;
    if (!cover && adds & LINE_TAKEN)
        paint(shades, TAKEN_AS_WELL_MASK, SHADE_GREEN);
    /* Drops fall over a caller whom we are not sure of. */
    if (is_caller(shown) && cover != COVER_HOST_LOST)
        paint_caller(shades, picture, place, now);
    /* The drops of neighbours fall in turn; nothing else that covers lines differs between them. */
    const IN_FLASH struct pattern *pattern = cover ? &COVERS[cover] : &LOOKS[shown];
    uint8_t turn = cover ? (uint8_t)(now.half + 4 * place) : now.half;
    paint_pattern(shades, pattern, turn, cover == COVER_SWEEP ? picture->ages[AGE_COVER] : age);
    if (!cover && adds & LINE_MORE)
        paint(shades, MORE_MASK, SHADE_WHITE);
}

static void draw_status(uint8_t *shades, const struct picture *picture)
{
    if (picture->over & OVER_ALIVE)
        shades[PIXEL_ALIVE] = SHADE_GLOW;
    if (picture->over & OVER_FAULT && picture->ages[AGE_FAULT] >= 0)
        shades[PIXEL_FAULT] = SHADE_VIOLET_HALF;
    if (picture->over & OVER_MORE && picture->ages[AGE_MORE] >= 0)
        shades[PIXEL_MORE] = SHADE_WHITE_HALF;
    memset(shades + PIXEL_OWED, SHADE_AMBER_HALF, picture->owed & 3);
    memset(shades + PIXEL_VOICEMAIL, SHADE_BLUE_HALF, picture->owed >> 2);
}

void draw(const struct picture *picture, uint8_t half, uint8_t *shades)
{
    struct now now = { half, half % SLOW_PERIOD };
    draw_status(shades, picture);
    shades += STATUS_PIXELS;
    for (uint8_t place = 0; place < picture->line_count; place++, shades += SEGMENT_PIXELS)
        draw_segment(shades, picture, place, now);
    for (uint8_t lamp = 0; lamp < lamp_count(picture); lamp++) {
        uint8_t look = lamp_look(picture, lamp);
        if (look != LAMP_OFF && is_on(LAMPS[look], now, picture->ages[AGE_LAMPS + lamp]))
            shades[lamp] = SHADE_WHITE_HALF;
    }
}
