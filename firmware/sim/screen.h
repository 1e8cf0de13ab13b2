/* The tower drawn in this terminal, and its buttons on this keyboard. */
#ifndef SCREEN_H
#define SCREEN_H

#include <stdbool.h>

/* Takes the terminal; `cable` is named on it, for whoever wants to open it. */
void screen_open(const char *cable);

/* Does what was typed. */
void screen_keys(void);

/* Draws, if anything differs, and lets go of the buttons whose time is over. */
void screen_draw(void);

void screen_close(void);

#endif
