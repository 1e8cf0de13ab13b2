/* The buzzer: chirps, each shorter than a second, and a cap on continuous sound, whatever the unit asks
   for. */
#ifndef SOUND_H
#define SOUND_H

#include <stdbool.h>
#include <stdint.h>

#include "tick.h"

enum chirp { CHIRP_NONE, CHIRP_ARRIVED, CHIRP_WAITING, CHIRP_URGENT, CHIRP_TEST };

/* So much sound at once: every tick of sound adds one and every tick of silence takes one off. Then it is
   silent until as much silence has made up for it. Half a second of sound in every second, the most that
   an honest unit asks for, never comes near. */
#define SOUND_TICKS_MAX TICKS(5000)

struct tone {
    uint16_t period_us; /* 0 is silence */
    uint8_t volume;     /* 1 to 3 */
};

/* All zero at the beginning. */
struct sound {
    uint8_t note;   /* that plays, of all notes of all chirps */
    uint8_t wait;   /* ticks until the next one; 0 when the chirp is over */
    uint8_t volume;
    uint16_t level; /* ticks of sound that no silence has made up for */
    bool hushed;    /* the cap holds */
};

/* Begins a chirp now, in the place of one that plays. */
void sound_play(struct sound *sound, uint8_t chirp);

/* Sets the volume, 0 (silent) to 3, also of what plays. */
void sound_volume(struct sound *sound, uint8_t volume);

void sound_tick(struct sound *sound);

/* Returns what the buzzer has to do now. */
struct tone sound_tone(const struct sound *sound);

#endif
