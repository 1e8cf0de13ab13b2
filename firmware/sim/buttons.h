/* The buttons and the hook switch: contacts to ground at pins that the firmware pulls up. */
#ifndef BUTTONS_H
#define BUTTONS_H

#include <sim_avr.h>
#include <stdbool.h>

/* 0 to 7 the line buttons, 8 mute, 9 away, 10 owed, 11 hook switch (firmware/README.md). */
#define BUTTONS 12

void buttons_attach(avr_t *avr);
void buttons_restart(void);

/* Closes or opens the contact of a button. */
void buttons_set(unsigned button, bool closed);

#endif
