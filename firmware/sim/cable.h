/* The USB cable: in real time the line ends in a pseudo terminal, which a unit opens as it opens a serial port. */
#ifndef CABLE_H
#define CABLE_H

#include <stdbool.h>

/* Plugs the cable in; the terminal's name. It is another one every time: `link`, if not NULL, becomes a symbolic
   link to it. */
const char *cable_plug(const char *link);

/* Pulls it out: whoever has the terminal open finds it hung up. */
void cable_unplug(void);

bool cable_is_plugged(void);

/* Notices that somebody has opened the terminal. The board is reset by that, as a Nano is by the DTR of its port. */
void cable_look(void);

/* Where the host's bytes come from; -1 while nobody has the terminal open, or the line has no room for more. */
int cable_descriptor(void);

/* Takes what the host has written, as far as the line has room. */
void cable_read(void);

#endif
