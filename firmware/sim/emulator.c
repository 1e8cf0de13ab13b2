/* The tower's controller without the hardware: the real .hex on an emulated ATmega328P. README.md says how it is
   used. Exit status: 0 ended as asked, 1 the machine refused something, 2 it was called or driven wrongly. */
#define _GNU_SOURCE /* ppoll */
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "board.h"
#include "cable.h"
#include "commands.h"
#include "screen.h"
#include "tell.h"
#include "usart.h"

/* How far the board may lag behind the clock between two looks at it. */
#define SLICE_NS 500000L

/* A machine that gives us no turn for longer stops the board's time too: it would otherwise miss its host, which
   was as still as we were. */
#define LAG_NS_MAX 100000000L

static volatile sig_atomic_t ended;

static void end(int number)
{
    (void)number;
    ended = 1;
}

static void tell_byte(uint8_t byte)
{
    tell(board_now(), "byte %02x", byte);
}

static int64_t monotonic_ns(void)
{
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return now.tv_sec * 1000000000LL + now.tv_nsec;
}

static int64_t ns_of(uint64_t cycles)
{
    return (int64_t)(cycles / 2 * 125 + cycles % 2 * 62);
}

/* As fast as it goes, and the same every time: nothing happens but what the commands say. */
static void run_in_virtual_time(void)
{
    usart_heard_by(tell_byte);
    while (commands_read(NULL))
        ;
}

static void run_in_real_time(const char *link, bool on_screen)
{
    /* The terminal has to be given back, and the link to be taken away. */
    signal(SIGINT, end);
    signal(SIGTERM, end);
    signal(SIGHUP, end);
    int64_t zero_ns = monotonic_ns() - ns_of(board_now());
    tell_instants_from((double)zero_ns / 1e6);
    const char *name = cable_plug(link);
    if (on_screen)
        screen_open(link ? link : name);
    while (!ended) {
        fflush(stdout);
        struct pollfd inputs[] = {{cable_descriptor(), POLLIN, 0}, {STDIN_FILENO, POLLIN, 0}};
        ppoll(inputs, 2, &(struct timespec){0, SLICE_NS}, NULL);
        int64_t lag_ns = monotonic_ns() - zero_ns - ns_of(board_now());
        if (lag_ns > LAG_NS_MAX) {
            zero_ns += lag_ns;
            tell_instants_from((double)zero_ns / 1e6);
        }
        board_run_until((uint64_t)(monotonic_ns() - zero_ns) * 2 / 125);
        cable_look();
        if (inputs[0].revents & POLLIN)
            cable_read();
        if (on_screen) {
            if (inputs[1].revents)
                screen_keys();
            screen_draw();
        } else if (inputs[1].revents && !commands_read(link)) {
            break;
        }
    }
    if (on_screen)
        screen_close();
    cable_unplug();
}

static void explain(void)
{
    fputs("usage: emulator [--real-time] [--link NAME] [--screen] FIRMWARE.hex\n", stderr);
    exit(2);
}

int main(int count, char **words)
{
    bool real_time = false, on_screen = false;
    const char *link = NULL, *hex_file = NULL;
    for (int i = 1; i < count; i++) {
        if (!strcmp(words[i], "--real-time"))
            real_time = true;
        else if (!strcmp(words[i], "--screen"))
            on_screen = real_time = true;
        else if (!strcmp(words[i], "--link") && i + 1 < count)
            link = words[++i];
        else if (words[i][0] == '-' || hex_file)
            explain();
        else
            hex_file = words[i];
    }
    if (!hex_file || (on_screen && !isatty(STDIN_FILENO)))
        explain();
    if (on_screen)
        tell_nobody();
    board_open(hex_file);
    if (real_time)
        run_in_real_time(link, on_screen);
    else
        run_in_virtual_time();
    return 0;
}
