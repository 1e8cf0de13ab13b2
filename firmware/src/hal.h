/* The hardware, as the rest of the program sees it. */
#ifndef HAL_H
#define HAL_H

#include <stdbool.h>
#include <stdint.h>

#include "sound.h"

/* Sets everything up; the watchdog runs from here on. */
void hal_start(void);

/* Tells the watchdog that all is well. If nobody does for 250 ms, it resets the chip. */
void hal_feed_watchdog(void);

/* Waits for an interrupt, unless something has come since we looked. */
void hal_rest(void);

/* How many resets there were since power came. */
extern uint16_t hal_boot_count;

/* Why there was a reset: the bits of MCUSR, 0 if a bootloader kept them to itself. */
extern uint8_t hal_reset_cause;

/* Returns how many ticks have passed since this was asked last. */
uint8_t hal_ticks(void);

/* Takes the oldest byte that was received; false if there is none. */
bool hal_receive(uint8_t *byte);

/* Returns how many bytes the USART lost, or we had no room for, 65,535 at most. */
uint16_t hal_lost_bytes(void);

/* Begins to send; the bytes must stay as they are until all are sent. */
void hal_send(const uint8_t *bytes, uint8_t count);
bool hal_is_sending(void);

/* Returns the buttons that are pressed at this moment, bit n for button n. */
uint16_t hal_pressed(void);

/* Sets the buzzer. */
void hal_tone(struct tone tone);

#endif
