/* The buzzer at PB1: what timer 1 is set to put out there, told whenever it changes. */
#ifndef BUZZER_H
#define BUZZER_H

#include <sim_avr.h>

void buzzer_attach(avr_t *avr);
void buzzer_restart(void);

/* Who hears every change; 0 Hz is silence. */
void buzzer_heard_by(void (*hear)(double hz));

#endif
