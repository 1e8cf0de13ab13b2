#include "commands.h"

#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "board.h"
#include "buttons.h"
#include "cable.h"
#include "tell.h"
#include "usart.h"

/* Room for the longest command: `send` with as many bytes as the line holds, two digits each. */
#define COMMAND_BYTES_MAX (2 * LINE_BYTES_MAX + 64)

static const char *link_of_cable;

static void refuse(const char *command)
{
    fprintf(stderr, "emulator: cannot do: %.60s\n", command);
    exit(2);
}

/* Reads hex digits in place; how many bytes they were. */
static size_t unhex(char *text)
{
    size_t count = 0;
    for (const char *digits = text; digits[0] && digits[1]; digits += 2) {
        char pair[3] = {digits[0], digits[1], '\0'};
        text[count++] = (char)strtoul(pair, NULL, 16);
    }
    return count;
}

static bool set_button(const char *number, bool closed)
{
    unsigned button = (unsigned)atoi(number);
    if (button >= BUTTONS)
        return false;
    buttons_set(button, closed);
    return true;
}

static bool peek(const char *arguments)
{
    uint32_t address, count;
    if (sscanf(arguments, "%" SCNu32 " %" SCNu32, &address, &count) != 2)
        return false;
    const uint8_t *bytes = board_memory(address, count);
    if (!bytes)
        return false;
    char hex[2 * count + 1];
    for (uint32_t i = 0; i < count; i++)
        sprintf(hex + 2 * i, "%02x", bytes[i]);
    tell(board_now(), "memory %s", hex);
    return true;
}

static bool poke(char *arguments)
{
    uint32_t address;
    int digits = 0;
    if (sscanf(arguments, "%" SCNu32 " %n", &address, &digits) != 1 || !digits)
        return false;
    char *text = arguments + digits;
    size_t count = unhex(text);
    uint8_t *bytes = board_memory(address, (uint32_t)count);
    if (bytes)
        memcpy(bytes, text, count);
    return bytes != NULL;
}

static bool run(const char *duration)
{
    double ms = atof(duration);
    if (ms < 0)
        return false;
    board_run_until(board_now() + (uint64_t)llround(ms * (CLOCK_HZ / 1000.0)));
    tell(board_now(), "ran");
    return true;
}

static bool plug(void)
{
    if (cable_is_plugged())
        return false;
    board_power_on();
    cable_plug(link_of_cable);
    return true;
}

static bool unplug(void)
{
    cable_unplug();
    board_power_off();
    return true;
}

static bool power(void)
{
    board_power_off();
    board_power_on();
    return true;
}

static bool reset(void)
{
    board_reset();
    return true;
}

static bool hang(const char *instructions)
{
    board_hang_after((uint32_t)strtoul(instructions, NULL, 10));
    return true;
}

static bool obey(char *verb, char *arguments)
{
    if (!strcmp(verb, "run"))
        return run(arguments);
    if (!strcmp(verb, "send"))
        return usart_send((uint8_t *)arguments, unhex(arguments));
    if (!strcmp(verb, "press"))
        return set_button(arguments, true);
    if (!strcmp(verb, "release"))
        return set_button(arguments, false);
    if (!strcmp(verb, "peek"))
        return peek(arguments);
    if (!strcmp(verb, "poke"))
        return poke(arguments);
    if (!strcmp(verb, "hang"))
        return hang(arguments);
    if (!strcmp(verb, "reset"))
        return reset();
    if (!strcmp(verb, "power"))
        return power();
    if (!strcmp(verb, "unplug"))
        return unplug();
    return !strcmp(verb, "plug") && plug();
}

static void do_line(char *line)
{
    char *arguments = line + strcspn(line, " ");
    if (*arguments)
        *arguments++ = '\0';
    if (!obey(line, arguments))
        refuse(line);
    fflush(stdout);
}

bool commands_read(const char *link)
{
    static char text[COMMAND_BYTES_MAX];
    static size_t length;
    link_of_cable = link;
    ssize_t count = read(STDIN_FILENO, text + length, sizeof text - length);
    if (count < 0 && errno == EINTR)
        return true;
    if (count <= 0)
        return false;
    length += (size_t)count;
    char *line = text;
    for (char *end; (end = memchr(line, '\n', length - (size_t)(line - text))); line = end + 1) {
        *end = '\0';
        do_line(line);
    }
    length -= (size_t)(line - text);
    memmove(text, line, length);
    if (length == sizeof text)
        refuse("a line that long");
    return true;
}
