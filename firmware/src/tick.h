/* The tick: everything but light on its way and bytes happens at one. */
#ifndef TICK_H
#define TICK_H

/* Longer than the longest frame of pixels takes (2.8 ms), with interrupts off: so none is ever missed. */
#define TICK_MS 4

/* Ticks of a time in milliseconds; the time is a multiple of a tick wherever it is told apart. */
#define TICKS(ms) ((ms) / TICK_MS)

#endif
