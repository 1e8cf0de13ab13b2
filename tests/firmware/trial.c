/* A firmware on trial: does on request what a good one does and what a bad one would, so that the tests see what
   the emulator says of it. Each byte that it receives is a request and is counted. */
#include <avr/interrupt.h>
#include <avr/io.h>
#include <avr/wdt.h>
#include <util/delay.h>

static volatile uint8_t requests[64], request_count;
static uint8_t served_count;

/* Kept over a reset, and noise after power came. */
static uint8_t kept __attribute__((section(".noinit")));
static uint8_t cause __attribute__((section(".noinit")));

__attribute__((naked, used, section(".init3"))) static void begin(void)
{
    cause = MCUSR;
    MCUSR = 0;
    wdt_enable(WDTO_250MS);
}

ISR(USART_RX_vect)
{
    requests[request_count++ % sizeof requests] = UDR0;
}

static void answer(uint8_t byte)
{
    while (!(UCSR0A & _BV(UDRE0)))
        ;
    UDR0 = byte;
}

/* A pixel of 0x0f, 0x00, 0xff in green, red, blue. The delays beside the instructions: a 0 is high for 312 ns. */
#define BIT(high_cycles, low_cycles) \
    (PORTB |= _BV(PORTB3), __builtin_avr_delay_cycles(high_cycles), \
     PORTB &= (uint8_t)~_BV(PORTB3), __builtin_avr_delay_cycles(low_cycles))
#define ZERO BIT(3, 10)
#define ONE BIT(10, 5)
#define FOUR(bit) (bit, bit, bit, bit)

/* Functions of their own: where two of these stood side by side, the compiler would jump from within a bit. */
__attribute__((noinline)) static void pixel(void)
{
    FOUR(ZERO);
    FOUR(ONE);
    FOUR(ZERO);
    FOUR(ZERO);
    FOUR(ONE);
    FOUR(ONE);
}

__attribute__((noinline)) static void half_a_pixel(void)
{
    FOUR(ZERO);
    FOUR(ONE);
}

__attribute__((noinline)) static void long_zero(void)
{
    BIT(6, 10);
}

static void deaf_for(double us)
{
    cli();
    _delay_us(us);
    sei();
}

static void sound(void)
{
    DDRB |= _BV(DDB1);
    ICR1 = 7999;
    OCR1A = 1999;
    TCCR1A = _BV(COM1A1) | _BV(WGM11);
    TCCR1B = _BV(WGM13) | _BV(WGM12) | _BV(CS10);
}

static void serve(uint8_t request)
{
    cli();
    switch (request) {
    case 'g': pixel(); _delay_us(3); pixel(); break;
    case 'z': long_zero(); break;
    case 'p': pixel(); _delay_us(6); pixel(); break;
    case 'h': pixel(); half_a_pixel(); break;
    case 'b': UBRR0 = 16; answer('b'); break;
    case 'u': while (UCSR0A & _BV(UDRE0)) UDR0 = 'u'; UDR0 = 'u'; break;
    case 's': sound(); break;
    case 'q': TCCR1A = 0; break;
    case 'i': sei(); answer(PIND); break;
    case 'c': sei(); answer(cause); answer(kept); kept = 'k'; break;
    case 'n': sei(); answer(served_count); break;
    case 'd': deaf_for(2100); break;
    case 'l': deaf_for(700); break;
    case 'j': sei(); ((void (*)(void))0x3f00)(); break;
    }
    sei();
}

int main(void)
{
    DDRB = _BV(DDB3);
    PORTD = 0xfc;
    UBRR0 = 51;
    UCSR0A = _BV(U2X0);
    UCSR0B = _BV(RXEN0) | _BV(TXEN0) | _BV(RXCIE0);
    sei();
    for (;;) {
        wdt_reset();
        while (served_count != request_count)
            serve(requests[served_count++ % sizeof requests]);
    }
}
