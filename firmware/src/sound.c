#include "sound.h"

#include "flash.h"

/* Around 2.4 kHz a small piezo is loudest and most people hear best. The three are told apart by rhythm,
   not by pitch: a rising pair, three even notes, five quick ones. */
#define HZ(hz) (1000000 / (hz))
#define END(X) X(0, 0)
#define EVEN(X) X(HZ(2489), 120)
#define REST(X) X(0, 120)
#define QUICK(X) X(HZ(2794), 80)
#define GAP(X) X(0, 40)
#define NOTES(X) \
    END(X) \
    X(HZ(1865), 120) X(HZ(2489), 160) END(X) \
    EVEN(X) REST(X) EVEN(X) REST(X) EVEN(X) END(X) \
    QUICK(X) GAP(X) QUICK(X) GAP(X) QUICK(X) GAP(X) QUICK(X) GAP(X) QUICK(X) END(X) \
    X(HZ(1397), 160) X(HZ(1865), 160) X(HZ(2489), 160) X(HZ(2794), 160) END(X)

/* A period of 0 is a pause, a length of 0 the end of the chirp. */
#define PERIOD(period_us, ms) period_us,
#define LENGTH(period_us, ms) TICKS(ms),
static const IN_FLASH uint16_t periods_us[] = { NOTES(PERIOD) };
static const IN_FLASH uint8_t lengths[] = { NOTES(LENGTH) };

/* The first note of each. */
static const IN_FLASH uint8_t chirps[] = {
    [CHIRP_NONE] = 0, [CHIRP_ARRIVED] = 1, [CHIRP_WAITING] = 4, [CHIRP_URGENT] = 10, [CHIRP_TEST] = 20,
};

void sound_play(struct sound *sound, uint8_t chirp)
{
    sound->note = chirps[chirp];
    sound->wait = lengths[sound->note];
}

void sound_volume(struct sound *sound, uint8_t volume)
{
    sound->volume = volume;
}

void sound_tick(struct sound *sound)
{
    if (sound_tone(sound).period_us)
        sound->level++;
    else if (sound->level)
        sound->level--;
    if (sound->level >= SOUND_TICKS_MAX)
        sound->hushed = true;
    if (!sound->level)
        sound->hushed = false;
    if (sound->wait && !--sound->wait)
        sound->wait = lengths[++sound->note];
}

struct tone sound_tone(const struct sound *sound)
{
    bool silent = !sound->wait || !sound->volume || sound->hushed;
    return (struct tone){ silent ? 0 : periods_us[sound->note], sound->volume };
}
