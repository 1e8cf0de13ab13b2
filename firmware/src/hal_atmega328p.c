/* The hardware of an ATmega328P at 16 MHz: the only file that knows it. Numbers of chapters and tables are
   those of its data sheet (Microchip DS40002061B). */
#include "hal.h"

#include <avr/interrupt.h> /* ISR, cli, sei */
#include <avr/io.h>        /* registers */
#include <avr/sleep.h>     /* sleep until an interrupt */
#include <avr/wdt.h>       /* watchdog */

#include "leds.h"
#include "pins.h"

/* X(PORT, B) is PORTB, also where the letter is a macro. */
#define JOIN(left, right) left##right
#define X(left, right) JOIN(left, right)

/* ---- Reset -------------------------------------------------------------------------------------------- */

/* Anything but what RAM holds by chance when power comes. */
#define BOOTED 0xCA11u

#define KEPT __attribute__((section(".noinit")))

KEPT static uint16_t booted;
KEPT uint16_t hal_boot_count;
KEPT uint8_t hal_reset_cause;

/* Before RAM is cleared, and long before main: after a watchdog reset the watchdog goes on, every 16 ms. */
__attribute__((naked, used, section(".init3"))) static void after_reset(void)
{
    hal_reset_cause = MCUSR;
    MCUSR = 0;
    wdt_disable();
}

static void count_boot(void)
{
    hal_boot_count = booted == BOOTED ? (uint16_t)(hal_boot_count + 1) : 0;
    booted = BOOTED;
}

void hal_feed_watchdog(void)
{
    wdt_reset();
}

/* ---- Tick --------------------------------------------------------------------------------------------- */

static volatile uint8_t ticks;
static uint8_t ticks_told;

ISR(TIMER2_COMPA_vect)
{
    ticks++;
}

static void start_ticks(void)
{
    TCCR2A = _BV(WGM21); /* from 0 to OCR2A and again */
    OCR2A = F_CPU / 256 * TICK_MS / 1000 - 1;
    TIMSK2 = _BV(OCIE2A);
    TCCR2B = _BV(CS22) | _BV(CS21); /* clock / 256 */
}

uint8_t hal_ticks(void)
{
    uint8_t passed = (uint8_t)(ticks - ticks_told);
    ticks_told = (uint8_t)(ticks_told + passed);
    return passed;
}

/* ---- Serial line -------------------------------------------------------------------------------------- */

#define BAUD 38400

/* Room for what comes while a frame of pixels is sent (11 bytes), several times over. A power of two. */
#define RECEIVED_MAX 64

static volatile uint8_t received[RECEIVED_MAX];
static volatile uint8_t received_in;
static uint8_t received_out;
static volatile uint16_t lost_bytes;

static const uint8_t *send_at;
static uint8_t send_count;

static void start_serial(void)
{
    UCSR0A = _BV(U2X0); /* 0.2 % off at 38400 (table 19-12) */
    UBRR0 = (F_CPU + BAUD * 4) / (BAUD * 8) - 1;
    UCSR0C = _BV(UCSZ01) | _BV(UCSZ00); /* 8N1 */
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
}

static void lose_byte(void)
{
    if (lost_bytes < UINT16_MAX)
        lost_bytes++;
}

/* With interrupts off. The flag of a lost byte belongs to the byte that is read next. */
static inline void take_received(void)
{
    if (UCSR0A & _BV(DOR0))
        lose_byte();
    uint8_t byte = UDR0;
    uint8_t next = (uint8_t)((received_in + 1) % RECEIVED_MAX);
    if (next == received_out) {
        lose_byte();
        return;
    }
    received[received_in] = byte;
    received_in = next;
}

ISR(USART_RX_vect)
{
    take_received();
}

bool hal_receive(uint8_t *byte)
{
    if (received_in == received_out)
        return false;
    *byte = received[received_out];
    received_out = (uint8_t)((received_out + 1) % RECEIVED_MAX);
    return true;
}

uint16_t hal_lost_bytes(void)
{
    cli(); /* two bytes are read one after the other */
    uint16_t lost = lost_bytes;
    sei();
    return lost;
}

/* With interrupts off. The interrupt is allowed for as long as there is something to send. In line also
   where it would be shorter as a call: the gap between two pixels has no time for one. */
static inline __attribute__((always_inline)) void send_next(void)
{
    UDR0 = *send_at++;
    if (!--send_count)
        UCSR0B &= (uint8_t)~_BV(UDRIE0);
}

ISR(USART_UDRE_vect)
{
    send_next();
}

void hal_send(const uint8_t *bytes, uint8_t count)
{
    if (!count)
        return;
    cli();
    send_at = bytes;
    send_count = count;
    UCSR0B |= _BV(UDRIE0);
    sei();
}

bool hal_is_sending(void)
{
    return UCSR0B & _BV(UDRIE0);
}

/* ---- Pixels: WS2812B ---------------------------------------------------------------------------------- */

/* The chain takes over what it was sent once its line is low for so long: 280 us for the present
   generation of the part, 50 us for the older one. Timer 0 counts in 4 us. */
#define LATCH_COUNTS (300 / 4)

static void start_leds(void)
{
    X(DDR, PIXELS_PORT) |= _BV(PIXELS_BIT);
    TCCR0B = _BV(CS01) | _BV(CS00); /* clock / 64 */
    OCR0A = LATCH_COUNTS;
}

/* Sends one pixel: green, red, blue, the highest bit first, 18 cycles (1.125 us) a bit. A 0 is high for 5
   cycles (313 ns) and low for 13 (813 ns), a 1 is high for 12 (750 ns) and low for 6 (375 ns): that is
   within what WS2812B of 2013 and WS2812B-V5 both ask for. */
static inline void send_pixel(const uint8_t *levels, uint8_t high, uint8_t low)
{
    uint8_t red = levels[0], green = levels[1], blue = levels[2], bits = 24;
    __asm__ volatile(
        "1: out  %[port], %[high]\n" /* 0: the line rises */
        "   nop\n nop\n nop\n"
        "   sbrs %[green], 7\n"
        "   out  %[port], %[low]\n" /* 5: it falls after a 0 */
        "   lsl  %[blue]\n"
        "   rol  %[red]\n"
        "   rol  %[green]\n"
        "   nop\n nop\n nop\n"
        "   out  %[port], %[low]\n" /* 12: it falls after a 1 */
        "   nop\n nop\n"
        "   dec  %[bits]\n"
        "   brne 1b\n" /* 18: the next bit */
        : [green] "+r"(green), [red] "+r"(red), [blue] "+r"(blue), [bits] "+r"(bits)
        : [port] "I"(_SFR_IO_ADDR(X(PORT, PIXELS_PORT))), [high] "r"(high), [low] "r"(low));
}

/* Interrupts are off for the whole chain: between two pixels the line may be low for 5 us at most (some
   parts latch from 6 us on). So each gap has room for one step of the serial line, polled. */
void leds_show(const uint8_t *palette, const uint8_t *shades, uint8_t count)
{
    while (!(TIFR0 & _BV(OCF0A)))
        ;
    cli();
    uint8_t high = X(PORT, PIXELS_PORT) | _BV(PIXELS_BIT);
    uint8_t low = X(PORT, PIXELS_PORT) & (uint8_t)~_BV(PIXELS_BIT);
    for (; count; count--) {
        send_pixel(palette + 3 * *shades++, high, low);
        uint8_t status = UCSR0A;
        if (status & _BV(RXC0))
            take_received();
        else if (status & _BV(UDRE0) && hal_is_sending())
            send_next();
    }
    TCNT0 = 0;
    TIFR0 = _BV(OCF0A);
    sei();
}

/* ---- Buttons ------------------------------------------------------------------------------------------ */

#define BUTTON_NAME(name, port, bit, nano) BUTTON_##name,
enum button { BUTTON_PINS(BUTTON_NAME) };

/* The buttons' pins of one port, as bits. */
#define PIN_OF_C(name, port, bit, nano) +(#port[0] == 'C') * _BV(bit)
#define PIN_OF_D(name, port, bit, nano) +(#port[0] == 'D') * _BV(bit)

/* An edge wakes the processor, so that a sample is taken at once. */
EMPTY_INTERRUPT(PCINT1_vect)
EMPTY_INTERRUPT(PCINT2_vect)

static void start_buttons(void)
{
    PORTC = PCMSK1 = (uint8_t)(BUTTON_PINS(PIN_OF_C));
    PORTD = PCMSK2 = (uint8_t)(BUTTON_PINS(PIN_OF_D));
    PCICR = _BV(PCIE1) | _BV(PCIE2);
}

uint16_t hal_pressed(void)
{
    uint16_t pressed = 0;
#define SAMPLE(name, port, bit, nano) \
    if (!(PIN##port & _BV(bit))) \
        pressed |= 1u << BUTTON_##name;
    BUTTON_PINS(SAMPLE)
    return pressed;
}

/* ---- Buzzer ------------------------------------------------------------------------------------------- */

void hal_tone(struct tone tone)
{
    if (!tone.period_us) {
        TCCR1A = 0; /* the pin is its port's again, and low */
        TCCR1B = 0;
        return;
    }
    /* A half, an eighth and a 32nd of the period: the fundamental falls by 8 and by 20 dB. */
    static const __flash uint8_t shifts[] = { 0, 5, 3, 1 };
    ICR1 = tone.period_us;
    OCR1A = tone.period_us >> shifts[tone.volume];
    TCCR1A = _BV(COM1A1);
    TCCR1B = _BV(WGM13) | _BV(CS11); /* clock / 8: up and down to ICR1, so many microseconds */
}

/* ---- Rest --------------------------------------------------------------------------------------------- */

/* Interrupts stay off from the look at what there is to do until the instruction after sei, which is the
   sleep: an interrupt between the two would be slept over. */
void hal_rest(void)
{
    cli();
    if (received_in == received_out && ticks == ticks_told) {
        sleep_enable(); /* SMCR is 0: idle, in which everything but the processor goes on */
        sei();
        sleep_cpu();
        sleep_disable();
    }
    sei();
}

void hal_start(void)
{
    count_boot();
    start_ticks();
    start_serial();
    start_leds();
    start_buttons();
    X(DDR, BUZZER_PORT) |= _BV(BUZZER_BIT);
    sei();
    wdt_enable(WDTO_250MS);
}
