/* What happened, told as it happens: a line each, `MILLISECONDS WHAT`, on standard output (README.md lists them). */
#ifndef TELL_H
#define TELL_H

#include <stdint.h>

/* The instant of a cycle in milliseconds; it counts from power-on unless `tell_instants_from` said otherwise. */
double instant_ms(uint64_t cycle);

/* Moves the instants: the cycle 0 was at this one. */
void tell_instants_from(double zero_ms);

/* Nothing is written from now on: the screen belongs to somebody else. */
void tell_nobody(void);

void tell(uint64_t cycle, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
