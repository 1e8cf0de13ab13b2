#define _GNU_SOURCE /* posix_openpt, cfmakeraw */
#include "cable.h"

#include <fcntl.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <termios.h>
#include <unistd.h>

#include "board.h"
#include "tell.h"
#include "usart.h"

/* What a serial driver keeps is much the same: a host that writes faster than the line has to wait. */
#define WAITING_BYTES_MAX 4096u

static int ours = -1;
static bool is_open;
static const char *link_name;

static void write_byte(uint8_t byte)
{
    /* Nobody reads: as on a real port, what does not fit is gone. */
    if (is_open && write(ours, &byte, 1) < 0)
        return;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

/* Every byte as it is, both ways; set from our end, for whoever opens the other one. */
static void make_raw(void)
{
    struct termios settings;
    if (tcgetattr(ours, &settings))
        fail("emulator: no terminal settings");
    cfmakeraw(&settings);
    tcsetattr(ours, TCSANOW, &settings);
}

const char *cable_plug(const char *link)
{
    static char name[64];
    ours = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (ours < 0 || grantpt(ours) || unlockpt(ours) || ptsname_r(ours, name, sizeof name))
        fail("emulator: no pseudo terminal");
    /* Once opened and closed, our end says whether anybody has the other one open. */
    int theirs = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (theirs < 0)
        fail(name);
    close(theirs);
    is_open = false;
    link_name = link;
    if (link) {
        unlink(link);
        if (symlink(name, link))
            fail(link);
    }
    usart_heard_by(write_byte);
    tell(board_now(), "plugged %s", name);
    return name;
}

void cable_unplug(void)
{
    if (ours < 0)
        return;
    if (link_name)
        unlink(link_name);
    close(ours);
    ours = -1;
    is_open = false;
    usart_cut();
}

bool cable_is_plugged(void)
{
    return ours >= 0;
}

void cable_look(void)
{
    struct pollfd end = {ours, 0, 0};
    if (ours < 0 || poll(&end, 1, 0) < 0)
        return;
    bool was_open = is_open;
    is_open = !(end.revents & POLLHUP);
    if (is_open && !was_open) {
        make_raw();
        board_reset();
    }
}

int cable_descriptor(void)
{
    return is_open && usart_waiting() < WAITING_BYTES_MAX ? ours : -1;
}

void cable_read(void)
{
    uint8_t bytes[WAITING_BYTES_MAX];
    ssize_t count = read(ours, bytes, WAITING_BYTES_MAX - usart_waiting());
    if (count > 0)
        usart_send(bytes, (size_t)count);
}
