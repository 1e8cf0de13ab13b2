#include "buzzer.h"

#include <avr_ioport.h>
#include <avr_timer.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "tell.h"

/* The pin itself would not do: simavr puts the level of the PORT register on it whenever a pixel is sent. */
#define PORT 'B'
#define PIN 1

/* 20 us: more than a firmware takes from the first register to the last, and less than a period. */
#define SETTLED_CYCLES (CLOCK_HZ / 50000)

static avr_t *avr;
static avr_timer_t *timer;
static void (*heard_by)(double hz);
static double told_hz;
static double told_duty;

static uint32_t word_at(avr_io_addr_t low, avr_io_addr_t high)
{
    return avr->data[low] | (uint32_t)avr->data[high] << 8;
}

static bool is_output(void)
{
    avr_ioport_state_t state;
    avr_ioctl(avr, AVR_IOCTL_IOPORT_GETSTATE(PORT), &state);
    return state.ddr >> PIN & 1;
}

/* What the counter runs up to (data sheet, table 16-4). simavr has a table of its own, in which two modes are others
   than on the chip. */
static uint32_t top_of(unsigned mode, uint32_t compare)
{
    switch (mode) {
    case 8: case 10: case 12: case 14:
        return word_at(timer->r_icr, timer->r_icrh);
    case 4: case 9: case 11: case 15:
        return compare;
    case 0:
        return 0xffff;
    default:
        return (0x100u << ((mode - 1) & 3)) - 1;
    }
}

/* Whether the counter runs down again after it ran up. */
static bool runs_down_too(unsigned mode)
{
    return (mode >= 1 && mode <= 3) || (mode >= 8 && mode <= 11);
}

/* Computes the tone from the registers (data sheet, chapter 16.9); 0 Hz is silence. */
static void measure(double *hz, double *duty)
{
    *hz = *duty = 0;
    unsigned clock = avr_regbit_get_array(avr, timer->cs, 3);
    unsigned output = avr_regbit_get(avr, timer->comp[AVR_TIMER_COMPA].com);
    unsigned mode = avr_regbit_get_array(avr, timer->wgm, 4);
    if (!clock || !output || !is_output())
        return;
    double ticks_hz = (double)CLOCK_HZ / (double)(1u << timer->cs_div[clock]);
    uint32_t compare = word_at(timer->comp[AVR_TIMER_COMPA].r_ocr, timer->comp[AVR_TIMER_COMPA].r_ocrh);
    uint32_t top = top_of(mode, compare);
    if (output == avr_timer_com_toggle) {
        *hz = ticks_hz / (2.0 * (top + 1.0));
        *duty = 0.5;
        return;
    }
    *hz = ticks_hz / (runs_down_too(mode) ? 2.0 * top : top + 1.0);
    *duty = runs_down_too(mode) ? (double)compare / top : (compare + 1.0) / (top + 1.0);
    if (output == avr_timer_com_set)
        *duty = 1.0 - *duty;
}

static avr_cycle_count_t listen(avr_t *chip, avr_cycle_count_t when, void *unused)
{
    (void)chip;
    (void)when;
    (void)unused;
    double hz, duty;
    measure(&hz, &duty);
    if (fabs(hz - told_hz) < 0.5 && fabs(duty - told_duty) < 0.001)
        return 0;
    told_hz = hz;
    told_duty = duty;
    if (hz > 0)
        tell(avr->cycle, "tone %.0f %.1f", hz, duty * 100);
    else
        tell(avr->cycle, "silence");
    if (heard_by)
        heard_by(hz);
    return 0;
}

/* A tone is set by writing several registers, and what they say in between nobody hears. */
static void on_write(avr_irq_t *irq, uint32_t value, void *unused)
{
    (void)irq;
    (void)value;
    (void)unused;
    avr_cycle_timer_register(avr, SETTLED_CYCLES, listen, NULL);
}

static avr_timer_t *find_timer(char name)
{
    for (avr_io_t *io = avr->io_port; io; io = io->next)
        if (!strcmp(io->kind, "timer") && ((avr_timer_t *)io)->name == name)
            return (avr_timer_t *)io;
    abort();
}

void buzzer_attach(avr_t *chip)
{
    avr = chip;
    timer = find_timer('1');
    const avr_io_addr_t registers[] = {
        timer->wgm[0].reg, timer->cs[0].reg, timer->comp[AVR_TIMER_COMPA].r_ocr, timer->r_icr,
    };
    for (size_t i = 0; i < sizeof registers / sizeof *registers; i++)
        avr_irq_register_notify(avr_iomem_getirq(avr, registers[i], NULL, AVR_IOMEM_IRQ_ALL), on_write, NULL);
}

void buzzer_restart(void)
{
    listen(avr, avr->cycle, NULL);
}

void buzzer_heard_by(void (*hear)(double hz))
{
    heard_by = hear;
}
