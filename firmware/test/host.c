/* The pure files for whoever is no C: a library of flat functions, which the tests in Python call. */
#include <stdlib.h>
#include <string.h>

#include "../src/draw.h"
#include "../src/palette.h"
#include "../src/tower.h"

/* ---- The wire ----------------------------------------------------------------------------------------- */

/* Runs bytes through a receiver. Of each good frame (type, sequence, length, body) is written to `frames`,
   one after the other; returns how many bytes that are. `damaged` is how many frames were dropped. */
size_t host_receive(const uint8_t *bytes, size_t count, uint8_t *frames, uint16_t *damaged)
{
    struct receiver receiver;
    receiver_start(&receiver);
    size_t written = 0;
    for (size_t i = 0; i < count; i++) {
        if (!receiver_take(&receiver, bytes[i]))
            continue;
        frames[written++] = frame_type(&receiver);
        frames[written++] = frame_sequence(&receiver);
        frames[written++] = frame_length(&receiver);
        memcpy(frames + written, frame_body(&receiver), frame_length(&receiver));
        written += frame_length(&receiver);
    }
    *damaged = receiver.damaged;
    return written;
}

/* Writes a frame, and returns how many bytes it has. */
uint8_t host_frame(uint8_t *frame, uint8_t type, uint8_t sequence, const uint8_t *body, uint8_t length)
{
    memcpy(frame_body_at(frame), body, length);
    return frame_finish(frame, type, sequence, length);
}

/* Whether the body of a SET keeps all rules. */
bool host_set_is_good(const uint8_t *body, uint8_t length)
{
    struct set set;
    return set_read(&set, body, length);
}

/* ---- What is drawn ------------------------------------------------------------------------------------ */

/* The levels of every pixel by day, red, green and blue, for the body of a SET as of the instant of
   sending, in each of 112 half steps beginning with `half`. Ages grow and stay as on the controller. */
void host_draw(const uint8_t *body, uint8_t length, uint8_t half, uint8_t *levels)
{
    struct set set;
    uint8_t palette[LEVELS];
    if (!set_read(&set, body, length))
        abort();
    palette_mix(palette, UINT8_MAX);
    for (uint8_t i = 0; i < GRID_HALVES; i++) {
        uint8_t shades[CHAIN_PIXELS_MAX] = { SHADE_DARK };
        draw(&set.picture, (uint8_t)((half + i) % GRID_HALVES), shades);
        for (uint8_t pixel = 0; pixel < CHAIN_PIXELS(set.picture.line_count); pixel++, levels += 3)
            memcpy(levels, palette + 3 * shades[pixel], 3);
        picture_age(&set.picture, 1);
    }
}

/* ---- The whole tower ---------------------------------------------------------------------------------- */

struct tower *host_tower(void)
{
    struct tower *tower = calloc(1, sizeof *tower);
    tower_start(tower, 0, 0);
    return tower;
}

void host_free(struct tower *tower)
{
    free(tower);
}

void host_hear(struct tower *tower, const uint8_t *bytes, size_t count)
{
    for (size_t i = 0; i < count; i++)
        tower_receive(tower, bytes[i]);
}

/* Lets a tick pass; returns the pixels to send if they have to be sent again, else 0. */
uint8_t host_tick(struct tower *tower)
{
    tower_tick(tower);
    return tower_draw(tower) ? tower->count : 0;
}

/* The levels of so many pixels as they are sent. */
void host_levels(const struct tower *tower, uint8_t count, uint8_t *levels)
{
    for (uint8_t pixel = 0; pixel < count; pixel++)
        memcpy(levels + 3 * pixel, tower->palette + 3 * tower->guard.shown[pixel], 3);
}

uint8_t host_say(struct tower *tower, uint8_t *frame)
{
    return tower_say(tower, frame, 0);
}

/* ---- Parts -------------------------------------------------------------------------------------------- */

/* What a chirp does from tick to tick: the period of the tone in microseconds, 0 for silence, and 0xFFFF
   where it is over. */
void host_chirp(uint8_t chirp, uint16_t *periods_us, size_t count)
{
    struct sound sound = { .volume = 1 };
    sound_play(&sound, chirp);
    for (size_t i = 0; i < count; i++) {
        periods_us[i] = sound.wait ? sound_tone(&sound).period_us : UINT16_MAX;
        sound_tick(&sound);
    }
}

/* The buttons that changed at each sample, a tick apart. */
void host_debounce(const uint16_t *samples, uint16_t *changed, size_t count)
{
    struct debounce debounce = { 0 };
    for (size_t i = 0; i < count; i++)
        changed[i] = debounce_sample(&debounce, samples[i], 1);
}
