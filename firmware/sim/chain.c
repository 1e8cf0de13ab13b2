#include "chain.h"

#include <avr_ioport.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "board.h"
#include "tell.h"

#define PORT 'B'
#define PIN 3

#define BITS_A_PIXEL 24

/* Limits in nanoseconds that both generations of the part accept: WS2812B (2013: 0 is high for 400 and low for 850,
   1 is high for 800 and low for 450, each within 150, a bit takes 1250 within 600, reset above 50 us) and
   WS2812B-V5 (0 is high for 220 to 380, 1 for 580 to 1000, reset above 280 us). */
enum {
    ZERO_HIGH_NS_MIN = 250,
    ZERO_HIGH_NS_MAX = 380,
    ONE_HIGH_NS_MIN = 650,
    ONE_HIGH_NS_MAX = 950,
    ZERO_LOW_NS_MIN = 700,
    ONE_LOW_NS_MIN = 300,
    BIT_NS_MAX = 1850,
    /* Between two pixels the firmware serves the line. The data sheets know no such pause; measured parts take one
       as the end of the frame from 6 us on, so a microsecond of margin is asked for. */
    PIXEL_GAP_NS_MAX = 5000,
    LATCH_NS = 280000,
};

static avr_t *avr;
static void (*seen_by)(const uint8_t *rgb, size_t pixels);

static bool is_high;
static uint64_t rose_at, fell_at;
static bool last_bit;

/* The frame that is being sent, in the order of the wire: green, red, blue, the highest bit first. */
static uint8_t sent[PIXELS_MAX * 3];
static unsigned bits;
static bool complained;

static unsigned ns_between(uint64_t from, uint64_t to)
{
    uint64_t cycles = to - from;
    return cycles > CLOCK_HZ ? 1000000000u : (unsigned)(cycles * 125 / 2);
}

/* Once a frame: what follows the first fault is rarely news. */
static void complain(const char *what, unsigned ns)
{
    if (!complained && !board_hangs())
        tell(avr->cycle, "violation pixel bit %u: %s for %u ns", bits, what, ns);
    complained = true;
}

static void show(void)
{
    static uint8_t rgb[PIXELS_MAX * 3];
    static char hex[PIXELS_MAX * 6 + 1];
    size_t pixels = bits / BITS_A_PIXEL;
    for (size_t i = 0; i < pixels; i++) {
        rgb[3 * i] = sent[3 * i + 1];
        rgb[3 * i + 1] = sent[3 * i];
        rgb[3 * i + 2] = sent[3 * i + 2];
    }
    for (size_t i = 0; i < 3 * pixels; i++)
        sprintf(hex + 2 * i, "%02x", rgb[i]);
    if (pixels) {
        tell(avr->cycle, "pixels %s", hex);
        if (seen_by)
            seen_by(rgb, pixels);
    }
    bits = 0;
    complained = false;
}

/* Runs from the first edge of a frame until the pin has been low for long enough. */
static avr_cycle_count_t latch(avr_t *chip, avr_cycle_count_t when, void *unused)
{
    (void)chip;
    (void)unused;
    const uint64_t latch_cycles = (uint64_t)LATCH_NS * 2 / 125;
    if (is_high || when < fell_at + latch_cycles)
        return (is_high ? when : fell_at) + latch_cycles;
    if (bits % BITS_A_PIXEL)
        complain("the frame ends within a pixel, low", LATCH_NS);
    show();
    return 0;
}

static void rise(void)
{
    rose_at = avr->cycle;
    if (!bits) {
        memset(sent, 0, sizeof sent);
        avr_cycle_timer_register(avr, (uint64_t)LATCH_NS * 2 / 125, latch, NULL);
        return;
    }
    unsigned low = ns_between(fell_at, rose_at);
    if (low < (last_bit ? ONE_LOW_NS_MIN : ZERO_LOW_NS_MIN))
        complain("low only", low);
    if (bits % BITS_A_PIXEL == 0 ? low > PIXEL_GAP_NS_MAX : low > BIT_NS_MAX)
        complain("low", low);
}

static void fall(void)
{
    fell_at = avr->cycle;
    unsigned high = ns_between(rose_at, fell_at);
    last_bit = high >= ONE_HIGH_NS_MIN;
    if (last_bit ? high > ONE_HIGH_NS_MAX : high < ZERO_HIGH_NS_MIN || high > ZERO_HIGH_NS_MAX)
        complain("high", high);
    if (bits == PIXELS_MAX * BITS_A_PIXEL) {
        complain("more pixels than there are, high", high);
        return;
    }
    if (last_bit)
        sent[bits / 8] |= (uint8_t)(0x80 >> bits % 8);
    bits++;
}

static void on_level(avr_irq_t *irq, uint32_t level, void *unused)
{
    (void)irq;
    (void)unused;
    if ((level & 1) == is_high)
        return;
    is_high = level & 1;
    if (is_high)
        rise();
    else
        fall();
}

void chain_attach(avr_t *chip)
{
    avr = chip;
    avr_irq_register_notify(avr_io_getirq(avr, AVR_IOCTL_IOPORT_GETIRQ(PORT), PIN), on_level, NULL);
}

/* A reset in the middle of a frame: the pin floats low, and the pixels that had their bits take them over. */
void chain_restart(void)
{
    is_high = false;
    fell_at = avr->cycle;
    if (bits)
        show();
}

void chain_power_off(void)
{
    bits = 0;
}

void chain_seen_by(void (*see)(const uint8_t *rgb, size_t pixels))
{
    seen_by = see;
}
