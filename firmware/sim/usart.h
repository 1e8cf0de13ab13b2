/* The USART as the data sheet has it (ATmega328P, chapter 19), and the line on its other side.

   simavr's own puts a queue of 64 bytes before the receiver, and a firmware that loses every third frame on a desk
   passes with it. Here are the two bytes of the receive buffer and the shift register, the start bit that finds them
   all full, one byte of transmit buffer, and bits that take the time they take. */
#ifndef USART_H
#define USART_H

#include <sim_avr.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Bytes that wait for their turn on the line. More than a minute of it; what is beyond is refused. */
#define LINE_BYTES_MAX (1u << 18)

void usart_attach(avr_t *avr);
void usart_restart(void);

/* Puts bytes on the line, behind those that are still waiting; false if there is no room for all of them. */
bool usart_send(const uint8_t *bytes, size_t count);

/* How many bytes still wait. */
size_t usart_waiting(void);

/* Forgets the bytes that still wait: the cable is gone. */
void usart_cut(void);

/* Who hears the bytes that the controller sends; each comes at the end of its stop bit. */
void usart_heard_by(void (*hear)(uint8_t byte));

#endif
