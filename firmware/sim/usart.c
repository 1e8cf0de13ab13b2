#include "usart.h"

#include <avr_uart.h>
#include <stdlib.h>
#include <string.h>

#include "board.h"
#include "tell.h"

#define BAUD 38400u
#define BITS_A_BYTE 10u

/* A receiver samples the middle of the last bit: with 2 % it is off by a fifth of a bit there, as far as the data
   sheet advises to go (table 19-3). */
#define BAUD_OFF_PERCENT_MAX 2u

#define PARITY_BITS 0x30u

static avr_t *avr;
static avr_uart_t *uart;
static void (*heard_by)(uint8_t byte);

/* The line towards the controller. Its clock is counted in 1/BAUD of a cycle, in which a bit is a whole number. */
static uint8_t line[LINE_BYTES_MAX];
static size_t line_first;
static size_t line_count;
static uint64_t line_free_at;
static bool in_byte;
static bool byte_is_lost;

/* The receiver: two bytes that can be read, and a third one that stays in the shift register until they are. */
static uint8_t received[3];
static unsigned received_count;

/* The transmitter: a byte on its way out, and one behind it. */
static uint8_t shifting, buffered;
static bool shifts, has_buffered;
static bool complained;

static avr_cycle_count_t hear_line(avr_t *chip, avr_cycle_count_t when, void *unused);

static uint32_t cycles_a_bit(void)
{
    uint32_t divisor = 1u + avr_regbit_get(avr, uart->ubrrl) + 256u * avr_regbit_get(avr, uart->ubrrh);
    return divisor * (avr_regbit_get(avr, uart->u2x) ? 8u : 16u);
}

/* Whether the two ends understand each other: 38400 baud, eight bits, no parity. Complains once after each reset. */
static bool is_understood(void)
{
    uint64_t actual = (uint64_t)cycles_a_bit() * BAUD;
    uint64_t off = actual > CLOCK_HZ ? actual - CLOCK_HZ : CLOCK_HZ - actual;
    bool eight = avr_regbit_get(avr, uart->ucsz) == 3 && !avr_regbit_get(avr, uart->ucsz2);
    bool understood = off * 100 <= (uint64_t)CLOCK_HZ * BAUD_OFF_PERCENT_MAX && eight
                      && !(avr->data[uart->r_ucsrc] & PARITY_BITS);
    if (!understood && !complained) {
        complained = true;
        tell(avr->cycle, "violation the USART runs at %u baud, or not at 8N1", CLOCK_HZ / cycles_a_bit());
    }
    return understood;
}

static bool is_flag(avr_int_vector_t *vector)
{
    return avr_regbit_get(avr, vector->raised);
}

/* These interrupts are levels: they hold for as long as the flag does. simavr asks once, so we ask again whenever
   an interrupt returns or is allowed. */
static void raise_if_set(avr_int_vector_t *vector)
{
    if (is_flag(vector))
        avr_raise_interrupt(avr, vector);
}

static void clear(avr_int_vector_t *vector)
{
    avr_clear_interrupt(avr, vector);
    avr_regbit_clear(avr, vector->raised);
}

static void on_return(avr_irq_t *irq, uint32_t runs, void *vector)
{
    (void)irq;
    if (!runs)
        raise_if_set(vector);
}

/* The receiver */

static avr_cycle_count_t in_cycles(uint64_t line_time)
{
    return (line_time + BAUD - 1) / BAUD;
}

/* At the start bit: with both bytes unread and a third one in the shift register there is no place for a fourth. */
static void begin_byte(void)
{
    in_byte = true;
    byte_is_lost = received_count == 3;
    if (byte_is_lost) {
        avr_regbit_set(avr, uart->dor);
        tell(avr->cycle, "lost");
    }
}

static void end_byte(void)
{
    uint8_t byte = line[line_first];
    line_first = (line_first + 1) % LINE_BYTES_MAX;
    line_count--;
    in_byte = false;
    if (byte_is_lost || !avr_regbit_get(avr, uart->rxen) || !is_understood())
        return;
    received[received_count++] = byte;
    avr_raise_interrupt(avr, &uart->rxc);
}

/* Comes at the start bit of each byte and in the middle of its stop bit, where the hardware has it. */
static avr_cycle_count_t hear_line(avr_t *chip, avr_cycle_count_t when, void *unused)
{
    (void)chip;
    (void)when;
    (void)unused;
    const uint64_t bit = CLOCK_HZ;
    if (!in_byte) {
        begin_byte();
        line_free_at += BITS_A_BYTE * bit;
        return in_cycles(line_free_at - bit / 2);
    }
    end_byte();
    return line_count ? in_cycles(line_free_at) : 0;
}

static void wait_for(avr_cycle_count_t cycle)
{
    avr_cycle_timer_register(avr, cycle > avr->cycle ? cycle - avr->cycle : 1, hear_line, NULL);
}

bool usart_send(const uint8_t *bytes, size_t count)
{
    if (count > LINE_BYTES_MAX - line_count)
        return false;
    bool was_idle = line_count == 0;
    for (size_t i = 0; i < count; i++)
        line[(line_first + line_count + i) % LINE_BYTES_MAX] = bytes[i];
    line_count += count;
    if (was_idle && count) {
        uint64_t now = avr->cycle * BAUD;
        line_free_at = line_free_at > now ? line_free_at : now;
        wait_for(in_cycles(line_free_at));
    }
    return true;
}

size_t usart_waiting(void)
{
    return line_count;
}

void usart_cut(void)
{
    avr_cycle_timer_cancel(avr, hear_line, NULL);
    line_count = 0;
    in_byte = false;
}

static uint8_t read_data(avr_t *chip, avr_io_addr_t address, void *unused)
{
    (void)unused;
    uint8_t byte = received[0];
    if (received_count) {
        received_count--;
        memmove(received, received + 1, sizeof received - 1);
    }
    if (!received_count)
        clear(&uart->rxc);
    avr_regbit_clear(avr, uart->dor);
    chip->data[address] = byte;
    return byte;
}

/* The transmitter */

static avr_cycle_count_t end_of_byte(avr_t *chip, avr_cycle_count_t when, void *unused)
{
    (void)chip;
    (void)unused;
    if (is_understood() && heard_by)
        heard_by(shifting);
    if (has_buffered) {
        shifting = buffered;
        has_buffered = false;
        avr_raise_interrupt(avr, &uart->udrc);
        return when + BITS_A_BYTE * cycles_a_bit();
    }
    shifts = false;
    avr_raise_interrupt(avr, &uart->txc);
    return 0;
}

static void write_data(avr_t *chip, avr_io_addr_t address, uint8_t byte, void *unused)
{
    (void)chip;
    (void)address;
    (void)unused;
    if (!avr_regbit_get(avr, uart->txen))
        return;
    if (has_buffered) {
        tell(avr->cycle, "violation a byte was written to the USART before it was ready");
    } else if (shifts) {
        buffered = byte;
        has_buffered = true;
        clear(&uart->udrc);
    } else {
        shifting = byte;
        shifts = true;
        avr_cycle_timer_register(avr, BITS_A_BYTE * cycles_a_bit(), end_of_byte, NULL);
    }
}

/* The registers */

/* Flags cannot be written, but for one that is cleared by writing it as 1. */
static void write_status(avr_t *chip, avr_io_addr_t address, uint8_t value, void *unused)
{
    (void)unused;
    uint8_t settable = (uint8_t)(uart->u2x.mask << uart->u2x.bit | 1u);
    if (avr_regbit_from_value(avr, uart->txc.raised, value))
        clear(&uart->txc);
    chip->data[address] = (uint8_t)((chip->data[address] & ~settable) | (value & settable));
}

static uint8_t read_status(avr_t *chip, avr_io_addr_t address, void *unused)
{
    (void)unused;
    return chip->data[address];
}

static void write_control(avr_t *chip, avr_io_addr_t address, uint8_t value, void *unused)
{
    (void)unused;
    chip->data[address] = value;
    if (!avr_regbit_get(avr, uart->rxen)) {
        received_count = 0;
        clear(&uart->rxc);
    }
    raise_if_set(&uart->rxc);
    raise_if_set(&uart->txc);
    raise_if_set(&uart->udrc);
}

static avr_uart_t *find_uart(void)
{
    for (avr_io_t *io = avr->io_port; io; io = io->next)
        if (!strcmp(io->kind, "uart"))
            return (avr_uart_t *)io;
    abort();
}

static void take_over(avr_io_addr_t address, avr_io_read_t read, avr_io_write_t write)
{
    avr->io[AVR_DATA_TO_IO(address)].r.c = read;
    avr->io[AVR_DATA_TO_IO(address)].w.c = write;
}

void usart_attach(avr_t *chip)
{
    avr = chip;
    uart = find_uart();
    take_over(uart->r_udr, read_data, write_data);
    take_over(uart->r_ucsra, read_status, write_status);
    take_over(uart->r_ucsrb, NULL, write_control);
    avr_irq_register_notify(uart->rxc.irq + AVR_INT_IRQ_RUNNING, on_return, &uart->rxc);
    avr_irq_register_notify(uart->udrc.irq + AVR_INT_IRQ_RUNNING, on_return, &uart->udrc);
}

/* The bytes on the line know nothing of a reset: they go on coming. */
void usart_restart(void)
{
    received_count = 0;
    shifts = has_buffered = complained = false;
    avr->data[uart->r_ucsra] = 0;
    avr_regbit_set(avr, uart->udrc.raised);
    avr->data[uart->r_ucsrb] = 0;
    if (line_count)
        wait_for(in_byte ? in_cycles(line_free_at - CLOCK_HZ / 2) : in_cycles(line_free_at));
}

void usart_heard_by(void (*hear)(uint8_t byte))
{
    heard_by = hear;
}
