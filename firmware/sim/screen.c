#include "screen.h"

#include <math.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "board.h"
#include "buttons.h"
#include "buzzer.h"
#include "chain.h"

/* The chain, pixel by pixel (firmware/README.md, "Pins and the chain"). */
#define STATUS_PIXELS 9u
#define PIXELS_A_LINE 8u
#define PIXELS_BESIDE_LINES (STATUS_PIXELS + 3u) /* and the lamps of mute, away and owed */

/* A key says when it goes down and repeats while it is held, first after half a second: nobody says when it is let
   go. So a button stays pressed for a little more than that after the last we heard of its key. */
#define PRESSED_CYCLES (CLOCK_HZ / 10 * 6)

/* The eye sees a screen's level and an LED's differently: a dim pixel must look dim here, and not dark. */
#define GAMMA 2.2

static const char keys[BUTTONS + 1] = "12345678maoh";
static const char *cable_name;
static struct termios terminal_before;
static uint64_t release_at[BUTTONS];
static uint8_t colours[PIXELS_MAX * 3];
static size_t pixel_count;
static double tone_hz;
static bool differs = true;

static void see(const uint8_t *rgb, size_t pixels)
{
    memcpy(colours, rgb, 3 * pixels);
    pixel_count = pixels;
    differs = true;
}

static void hear(double hz)
{
    tone_hz = hz;
    differs = true;
}

void screen_open(const char *cable)
{
    cable_name = cable;
    tcgetattr(STDIN_FILENO, &terminal_before);
    struct termios settings = terminal_before;
    settings.c_lflag &= (tcflag_t) ~(ICANON | ECHO);
    tcsetattr(STDIN_FILENO, TCSANOW, &settings);
    fputs("\033[?1049h\033[?25l", stdout);
    chain_seen_by(see);
    buzzer_heard_by(hear);
}

void screen_keys(void)
{
    char typed[64];
    ssize_t count = read(STDIN_FILENO, typed, sizeof typed);
    for (ssize_t i = 0; i < count; i++) {
        const char *key = memchr(keys, typed[i], BUTTONS);
        if (typed[i] == 'r')
            board_reset();
        if (!key)
            continue;
        buttons_set((unsigned)(key - keys), true);
        release_at[key - keys] = board_now() + PRESSED_CYCLES;
    }
}

static void release_buttons(void)
{
    for (unsigned i = 0; i < BUTTONS; i++) {
        if (!release_at[i] || board_now() < release_at[i])
            continue;
        release_at[i] = 0;
        buttons_set(i, false);
    }
}

/* A lit pixel is told from a dark one by its shape too. */
static void draw_pixel(size_t pixel)
{
    const uint8_t *rgb = colours + 3 * pixel;
    if (pixel >= pixel_count || !(rgb[0] | rgb[1] | rgb[2])) {
        fputs("\033[38;2;52;52;52m▁▁\033[0m", stdout);
        return;
    }
    int seen[3];
    for (int i = 0; i < 3; i++)
        seen[i] = (int)lround(255 * pow(rgb[i] / 255.0, 1 / GAMMA));
    printf("\033[38;2;%d;%d;%dm▆▆\033[0m", seen[0], seen[1], seen[2]);
}

static void draw_pixels(size_t first, size_t count)
{
    for (size_t i = 0; i < count; i++)
        draw_pixel(first + i);
}

static size_t lines_of_chain(void)
{
    return pixel_count > PIXELS_BESIDE_LINES ? (pixel_count - PIXELS_BESIDE_LINES) / (PIXELS_A_LINE + 1) : 0;
}

void screen_draw(void)
{
    release_buttons();
    if (!differs)
        return;
    differs = false;
    size_t lines = lines_of_chain();
    size_t lamps = STATUS_PIXELS + PIXELS_A_LINE * lines;
    printf("\033[H\033[2K The tower's controller at %s\n\033[2K\n\033[2K status ", cable_name);
    for (size_t group = 0; group < STATUS_PIXELS; group += 3) {
        draw_pixels(group, 3);
        putchar(' ');
    }
    for (size_t line = 0; line < lines; line++) {
        printf("\n\033[2K line %zu ", line + 1);
        draw_pixels(STATUS_PIXELS + PIXELS_A_LINE * line, PIXELS_A_LINE);
        fputs("  button ", stdout);
        draw_pixel(lamps + line);
    }
    fputs("\n\033[2K mute ", stdout);
    draw_pixel(lamps + lines);
    fputs("  away ", stdout);
    draw_pixel(lamps + lines + 1);
    fputs("  owed ", stdout);
    draw_pixel(lamps + lines + 2);
    printf("\n\033[2K buzzer %s", tone_hz > 0 ? "" : "silent");
    if (tone_hz > 0)
        printf("%.0f Hz", tone_hz);
    fputs("\n\033[J\n Keys: 1 to 8 the line buttons, m mute, a away, o owed, h hook switch, r reset; Ctrl-C ends.",
          stdout);
    fflush(stdout);
}

void screen_close(void)
{
    tcsetattr(STDIN_FILENO, TCSANOW, &terminal_before);
    fputs("\033[?25h\033[?1049l", stdout);
    fflush(stdout);
}
