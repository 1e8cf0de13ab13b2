#include "board.h"

#include <avr_extint.h>
#include <sim_hex.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buttons.h"
#include "buzzer.h"
#include "chain.h"
#include "tell.h"
#include "usart.h"

#define RAM_START 0x100u
#define RJMP_TO_ITSELF 0xcfffu

/* Instructions that simavr may run before it looks at its timers and interrupts again. It bounds that by the next
   timer anyway; its own default of one instruction is several times slower. */
#define RUN_CYCLES_MAX 100000u

static avr_t *avr;
static bool powered;
static bool was_reset;

/* The hang: how many instructions are still to come, and what stood where the program now stays. */
static uint32_t hang_after;
static uint32_t hang_at;
static uint8_t hang_before[2];
static bool hangs;

/* simavr calls this in the middle of a reset, before its own parts are reset: too early to touch any of them. */
static void note_reset(avr_io_t *io)
{
    (void)io;
    was_reset = true;
}

static avr_io_t reset_listener = {.kind = "reset listener", .reset = note_reset};

/* What simavr itself complains of (a jump to nowhere, an illegal instruction) is the firmware's fault. */
static void take_log(avr_t *from, const int level, const char *format, va_list arguments)
{
    char words[200];
    if (level != LOG_ERROR)
        return;
    vsnprintf(words, sizeof words, format, arguments);
    words[strcspn(words, "\n")] = '\0';
    tell(from ? from->cycle : 0, "violation the simulator says: %s", words);
}

/* In virtual time nothing waits, and in real time the main loop does, where it can hear the line meanwhile. */
static void sleep_not(avr_t *chip, avr_cycle_count_t cycles)
{
    (void)chip;
    (void)cycles;
}

static avr_cycle_count_t stop_here(avr_t *chip, avr_cycle_count_t when, void *unused)
{
    (void)chip;
    (void)when;
    (void)unused;
    return 0;
}

static const char *cause_of_reset(void)
{
    if (avr_regbit_get(avr, avr->reset_flags.wdrf))
        return "watchdog";
    return avr_regbit_get(avr, avr->reset_flags.porf) ? "power" : "pin";
}

/* A reset takes simavr's timers, the levels at the pins and the flags of the parts: all are set up again before
   the first instruction runs. */
static void restart(void)
{
    was_reset = false;
    avr->run_cycle_limit = RUN_CYCLES_MAX;
    if (hangs)
        memcpy(avr->flash + hang_at, hang_before, sizeof hang_before);
    hangs = false;
    hang_after = 0;
    /* By default a low level at PD2 or PD3, which is a pressed button, costs a timer that fires all the time. */
    avr_extint_set_strict_lvl_trig(avr, 0, 0);
    avr_extint_set_strict_lvl_trig(avr, 1, 0);
    usart_restart();
    chain_restart();
    buzzer_restart();
    buttons_restart();
    tell(avr->cycle, "reset %s", cause_of_reset());
}

void board_open(const char *hex_file)
{
    avr_global_logger_set(take_log);
    avr = avr_make_mcu_by_name("atmega328p");
    avr_init(avr);
    avr->frequency = CLOCK_HZ;
    avr->sleep = sleep_not;
    avr_register_io(avr, &reset_listener);
    ihex_chunk_p chunks = NULL;
    int count = read_ihex_chunks(hex_file, &chunks);
    if (count < 1) {
        fprintf(stderr, "emulator: %s is no Intel hex file\n", hex_file);
        exit(2);
    }
    for (int i = 0; i < count; i++) {
        if (chunks[i].baseaddr + chunks[i].size > avr->flashend + 1) {
            fprintf(stderr, "emulator: %s does not fit into the flash\n", hex_file);
            exit(2);
        }
        avr_loadcode(avr, chunks[i].data, chunks[i].size, chunks[i].baseaddr);
    }
    free_ihex_chunks(chunks);
    usart_attach(avr);
    chain_attach(avr);
    buzzer_attach(avr);
    buttons_attach(avr);
    board_power_on();
}

uint64_t board_now(void)
{
    return avr->cycle;
}

static void hang(void)
{
    hangs = true;
    hang_at = avr->pc;
    memcpy(hang_before, avr->flash + hang_at, sizeof hang_before);
    avr->flash[hang_at] = RJMP_TO_ITSELF & 0xff;
    avr->flash[hang_at + 1] = RJMP_TO_ITSELF >> 8;
    tell(avr->cycle, "hangs 0x%04x", (unsigned)hang_at);
}

/* One instruction at a time, until the one comes where the program is to stay. */
static void count_towards_hang(int state_before)
{
    if (state_before == cpu_Running && --hang_after == 0) {
        avr->run_cycle_limit = RUN_CYCLES_MAX;
        hang();
    }
}

void board_run_until(uint64_t cycle)
{
    if (!powered) {
        if (avr->cycle < cycle)
            avr->cycle = cycle;
        return;
    }
    while (avr->cycle < cycle) {
        /* Registered anew for each stretch: a reset wipes it. */
        avr_cycle_timer_register(avr, cycle - avr->cycle, stop_here, NULL);
        if (hang_after)
            avr->run_cycle_limit = avr->run_cycle_count = 1;
        while (avr->cycle < cycle && !was_reset) {
            int state = avr->state;
            avr_run(avr);
            if (hang_after)
                count_towards_hang(state);
            if (avr->state == cpu_Crashed || avr->state == cpu_Done) {
                tell(avr->cycle, "violation the processor stopped for good at 0x%04x", (unsigned)avr->pc);
                /* On the chip only the watchdog would go on: here it does too, and finds a hang. */
                avr->state = cpu_Running;
                hang();
            }
        }
        if (was_reset)
            restart();
    }
}

void board_reset(void)
{
    avr_reset(avr);
    avr_regbit_set(avr, avr->reset_flags.extrf);
    restart();
}

void board_power_off(void)
{
    powered = false;
    chain_power_off();
    tell(avr->cycle, "unpowered");
}

void board_power_on(void)
{
    /* Nobody may count on what RAM holds then; the same noise each time keeps every run the same. */
    uint32_t noise = 2463534242u;
    for (uint32_t address = RAM_START; address <= avr->ramend; address++) {
        noise ^= noise << 13;
        noise ^= noise >> 17;
        noise ^= noise << 5;
        avr->data[address] = noise & 0xff;
    }
    powered = true;
    avr_reset(avr);
    avr_regbit_set(avr, avr->reset_flags.porf);
    restart();
}

void board_hang_after(uint32_t instructions)
{
    hang_after = instructions;
}

bool board_hangs(void)
{
    return hangs;
}

uint8_t *board_memory(uint32_t address, uint32_t count)
{
    uint32_t size = avr->ramend + 1u;
    return address < size && count <= size - address ? avr->data + address : NULL;
}
