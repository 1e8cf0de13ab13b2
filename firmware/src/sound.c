#include "sound.h"

#include "flash.h"

struct note {
    uint16_t hz;   /* 0 is a pause */
    uint8_t ticks; /* 0 ends the chirp */
};

#define NOTES_MAX 10

/* Around 2.4 kHz a small piezo is loudest and most people hear best. The three are told apart by rhythm, not by pitch:
   a rising pair, three even notes, five quick ones. */
static const IN_FLASH struct note chirps[][NOTES_MAX] = {
    [CHIRP_NONE] = { { 0, 0 } },
    [CHIRP_ARRIVED] = { { 1865, TICKS(120) }, { 2489, TICKS(160) }, { 0, 0 } },
    [CHIRP_WAITING] = { { 2489, TICKS(120) }, { 0, TICKS(120) }, { 2489, TICKS(120) }, { 0, TICKS(120) },
                        { 2489, TICKS(120) }, { 0, 0 } },
    [CHIRP_URGENT] = { { 2794, TICKS(80) }, { 0, TICKS(40) }, { 2794, TICKS(80) }, { 0, TICKS(40) },
                       { 2794, TICKS(80) }, { 0, TICKS(40) }, { 2794, TICKS(80) }, { 0, TICKS(40) },
                       { 2794, TICKS(80) }, { 0, 0 } },
    [CHIRP_TEST] = { { 1397, TICKS(160) }, { 1865, TICKS(160) }, { 2489, TICKS(160) }, { 2794, TICKS(160) },
                     { 0, 0 } },
};

void sound_start(struct sound *sound)
{
    *sound = (struct sound){ 0 };
}

/* Goes to a note of the chirp that plays; the end of the chirp is the end of playing. */
static void go_to(struct sound *sound, uint8_t note)
{
    sound->note = note;
    sound->wait = chirps[sound->chirp][note].ticks;
    if (!sound->wait)
        sound->chirp = CHIRP_NONE;
}

void sound_play(struct sound *sound, uint8_t chirp)
{
    sound->chirp = chirp;
    go_to(sound, 0);
}

void sound_volume(struct sound *sound, uint8_t volume)
{
    sound->volume = volume;
}

void sound_tick(struct sound *sound)
{
    if (sound_tone(sound).hz)
        sound->level++;
    else if (sound->level)
        sound->level--;
    if (sound->level >= SOUND_TICKS_MAX)
        sound->hushed = true;
    if (!sound->level)
        sound->hushed = false;
    if (sound->chirp != CHIRP_NONE && !--sound->wait)
        go_to(sound, (uint8_t)(sound->note + 1));
}

struct tone sound_tone(const struct sound *sound)
{
    bool silent = sound->chirp == CHIRP_NONE || !sound->volume || sound->hushed;
    return (struct tone){ silent ? 0 : chirps[sound->chirp][sound->note].hz, sound->volume };
}
