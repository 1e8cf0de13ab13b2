#define _GNU_SOURCE /* posix_openpt, cfmakeraw */
#include "cable.h"

#include <fcntl.h>
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
static int theirs = -1;
static const char *link_name;

static void write_byte(uint8_t byte)
{
    /* Nobody reads: as on a real port, what does not fit is gone. */
    if (ours >= 0 && write(ours, &byte, 1) < 0)
        return;
}

static void fail(const char *what)
{
    perror(what);
    exit(1);
}

const char *cable_plug(const char *link)
{
    static char name[64];
    struct termios settings;
    ours = posix_openpt(O_RDWR | O_NOCTTY | O_NONBLOCK | O_CLOEXEC);
    if (ours < 0 || grantpt(ours) || unlockpt(ours) || ptsname_r(ours, name, sizeof name))
        fail("emulator: no pseudo terminal");
    /* Kept open by us too: without anybody at the other end, our end would count as hung up. */
    theirs = open(name, O_RDWR | O_NOCTTY | O_CLOEXEC);
    if (theirs < 0 || tcgetattr(theirs, &settings))
        fail(name);
    cfmakeraw(&settings);
    tcsetattr(theirs, TCSANOW, &settings);
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
    close(theirs);
    close(ours);
    ours = theirs = -1;
    usart_cut();
}

int cable_descriptor(void)
{
    return usart_waiting() < WAITING_BYTES_MAX ? ours : -1;
}

void cable_read(void)
{
    uint8_t bytes[WAITING_BYTES_MAX];
    ssize_t count = read(ours, bytes, WAITING_BYTES_MAX - usart_waiting());
    if (count > 0)
        usart_send(bytes, (size_t)count);
}
