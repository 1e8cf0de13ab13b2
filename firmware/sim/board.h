/* The controller as hardware: an ATmega328P with everything that is soldered to it. There is one, so its parts
   keep their state in their own files. Time is counted in cycles of the chip's clock since power first came. */
#ifndef BOARD_H
#define BOARD_H

#include <sim_avr.h>
#include <stdbool.h>
#include <stdint.h>

#define CLOCK_HZ 16000000u

/* Loads an Intel hex file and switches the power on. Where that cannot be done, it says why and ends the program. */
void board_open(const char *hex_file);

uint64_t board_now(void);

/* Runs the chip until this cycle (or up to an instruction further). Without power, only time passes. */
void board_run_until(uint64_t cycle);

/* Pulls the reset pin low for a moment. What is in RAM stays. */
void board_reset(void);

/* Takes the power away; RAM is forgotten, the pixels are dark. */
void board_power_off(void);

/* Gives the power back. */
void board_power_on(void);

/* After so many instructions more the program stays where it is then, in whatever routine that may be: the
   instruction there becomes a jump to itself until the next reset. The firmware needs no hook for it. */
void board_hang_after(uint32_t instructions);

/* Whether it stays somewhere. What the firmware leaves half done then is no fault of its own. */
bool board_hangs(void);

/* RAM and registers by data address, or NULL if they do not reach so far. */
uint8_t *board_memory(uint32_t address, uint32_t count);

#endif
