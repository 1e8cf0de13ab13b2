#include "draw.h"

#include "patterns.h"
#include "shades.h"

#define STAGES 3

#define ALL 0xFF

/* A stack of at most so many: further callers, the lowest step, the fill, marks, a call taken as well; or the drops
   over an unsure caller. */
#define LAYERS_MAX 5

/* Pixels of a segment in one shade. */
struct layer {
    uint8_t mask;
    uint8_t shade;
};

/* What a segment shows; the first layer that has a pixel is seen there. */
struct layers {
    uint8_t half;
    age_t age;
    uint8_t count;
    struct layer layer[LAYERS_MAX];
};

/* A moving pattern's mask in this half step; one that is played once has an end. */
#define MOVING(table, half) table[(half) % sizeof(table)]
#define ONCE(table, age) ((uint8_t)(age) < sizeof(table) ? table[age] : 0)

static void add(struct layers *layers, uint8_t mask, uint8_t shade)
{
    layers->layer[layers->count].mask = mask;
    layers->layer[layers->count].shade = shade;
    layers->count++;
}

/* Whether a flash is lit. One that came on in the middle of a period is lit until the cadence goes dark after a whole
   first stretch (beats.py: joins), so that it meets the others without a short blink. */
static bool is_on(struct cadence cadence, uint8_t half, age_t age)
{
    if (half % cadence.period < cadence.lit)
        return true;
    if (age >= cadence.lit + cadence.period)
        return false;
    uint8_t whole = (uint8_t)((uint8_t)(half + GRID_HALVES - age + cadence.lit) % cadence.period);
    uint8_t until = whole <= cadence.lit ? (uint8_t)(cadence.lit - whole)
                                         : (uint8_t)(cadence.lit + cadence.period - whole);
    return age < cadence.lit + until;
}

static void add_flash(struct layers *layers, struct cadence cadence, uint8_t mask, uint8_t shade)
{
    add(layers, is_on(cadence, layers->half, layers->age) ? mask : 0, shade);
}

/* A caller is never dark: the fill is at least one step. */
static uint8_t fill_mask(const struct line *line)
{
    uint8_t steps = line->fill ? line->fill : 1;
    return (uint8_t)((1 << PIXELS_A_STEP * steps) - 1);
}

static uint8_t mark_mask(const struct line *line)
{
    return (uint8_t)(((1 << line->marks) - 1) << MARK_PIXEL);
}

static void add_waiting(struct layers *layers, const struct line *line)
{
    bool urgent = line->shown == SHOWN_URGENT || line->stage == STAGES;
    struct cadence cadence = urgent ? FAST : SLOW;
    uint8_t shade = urgent ? SHADE_RED : line->stage == 2 ? SHADE_AMBER : SHADE_BLUE;
    if (line->shown == SHOWN_HELD)
        add(layers, (1 << PIXELS_A_STEP) - 1, shade);
    add_flash(layers, cadence, fill_mask(line), shade);
    add_flash(layers, cadence, mark_mask(line), SHADE_WHITE);
}

static void add_unsure(struct layers *layers, const struct line *line)
{
    add_flash(layers, TWO_ON_FIVE_OFF, fill_mask(line) | mark_mask(line), SHADE_WHITE_DIM);
}

static void add_line(struct layers *layers, const struct line *line)
{
    if (line->more)
        add(layers, MORE_MASK, SHADE_WHITE);
    switch (line->shown) {
    case SHOWN_FAILED:
        add(layers, MOVING(HALVES, layers->half), SHADE_WHITE);
        break;
    case SHOWN_ASKED:
        add(layers, MOVING(UP, layers->half), SHADE_GREEN);
        break;
    case SHOWN_URGENT:
    case SHOWN_WAITING:
    case SHOWN_HELD:
        add_waiting(layers, line);
        break;
    case SHOWN_TAKEN:
        add(layers, TAKEN_MASK, SHADE_GREEN);
        break;
    case SHOWN_UNSURE:
        add_unsure(layers, line);
        break;
    case SHOWN_CLOSING:
        add(layers, ONCE(CLOSE, line->age), SHADE_GREEN);
        break;
    case SHOWN_LINE_LOST:
        add(layers, MOVING(HOLE_DOWN, layers->half), SHADE_VIOLET_HALF);
        break;
    case SHOWN_TESTED:
        add(layers, ALL, SHADE_WHITE);
        break;
    default:
        break;
    }
    if (line->taken)
        add(layers, TAKEN_AS_WELL_MASK, SHADE_GREEN);
}

/* While the phone system is lost, a caller that we know of matters more. */
static bool is_live(const struct line *line)
{
    return line->shown >= SHOWN_FAILED && line->shown <= SHOWN_TAKEN;
}

static bool is_covered(uint8_t cover, const struct line *line)
{
    bool empty = line->shown == SHOWN_NOTHING;
    switch (cover) {
    case COVER_SWEEP:
        return empty && !line->more;
    case COVER_LOST:
        return !is_live(line) && line->shown != SHOWN_TESTED && !(empty && line->more);
    default:
        return cover == COVER_HOST_LOST;
    }
}

static void add_cover(struct layers *layers, const struct picture *picture, uint8_t place)
{
    const struct line *line = &picture->lines[place];
    if (picture->cover == COVER_SWEEP) {
        add(layers, picture->cover_age < 0 ? 0 : ONCE(SWEEP_UP, picture->cover_age), SHADE_BLUE_HALF);
    } else if (picture->cover == COVER_HOST_LOST) {
        add(layers, HOST_LOST_MASK, SHADE_VIOLET_HALF);
    } else {
        add(layers, place % 2 ? MOVING(DROPS_ODD, layers->half) : MOVING(DROPS_EVEN, layers->half), SHADE_VIOLET);
        if (line->shown == SHOWN_UNSURE)
            add_unsure(layers, line);
    }
}

static void draw_segment(const struct picture *picture, uint8_t place, uint8_t half, uint8_t *shades)
{
    const struct line *line = &picture->lines[place];
    struct layers layers = { .half = half, .age = line->age, .count = 0 };
    if (line->age >= 0) {
        if (is_covered(picture->cover, line))
            add_cover(&layers, picture, place);
        else if (line->shown != SHOWN_NOTHING || line->more)
            add_line(&layers, line);
    }
    for (uint8_t pixel = 0; pixel < SEGMENT_PIXELS; pixel++)
        shades[pixel] = SHADE_DARK;
    /* From the lowest layer up, so that an upper one covers it. */
    while (layers.count) {
        struct layer layer = layers.layer[--layers.count];
        for (uint8_t pixel = 0; layer.mask; pixel++, layer.mask >>= 1)
            if (layer.mask & 1)
                shades[pixel] = layer.shade;
    }
}

static uint8_t lamp_shade(uint8_t look, uint8_t half)
{
    bool on = look == LAMP_STEADY || (look == LAMP_TAKEABLE && is_on(SLOW, half, AGE_LONG))
              || (look == LAMP_ASKED && is_on(FIVE_ON_TWO_OFF, half, AGE_LONG))
              || (look == LAMP_FAILED && is_on(FAST, half, AGE_LONG));
    return on ? SHADE_WHITE_HALF : SHADE_DARK;
}

void draw(const struct picture *picture, uint8_t half, uint8_t *shades)
{
    shades[PIXEL_ALIVE] = picture->alive ? SHADE_GLOW : SHADE_DARK;
    shades[PIXEL_FAULT] = picture->fault && picture->fault_age >= 0 ? SHADE_VIOLET_HALF : SHADE_DARK;
    shades[PIXEL_MORE] = picture->more && picture->more_age >= 0 ? SHADE_WHITE_HALF : SHADE_DARK;
    for (uint8_t i = 0; i < 3; i++) {
        shades[PIXEL_OWED + i] = i < picture->owed ? SHADE_AMBER_HALF : SHADE_DARK;
        shades[PIXEL_VOICEMAIL + i] = i < picture->voicemail ? SHADE_BLUE_HALF : SHADE_DARK;
    }
    shades += STATUS_PIXELS;
    for (uint8_t place = 0; place < picture->line_count; place++, shades += SEGMENT_PIXELS)
        draw_segment(picture, place, half, shades);
    for (uint8_t i = 0; i < lamp_count(picture); i++)
        shades[i] = lamp_shade(picture->lamps[i], half);
}
