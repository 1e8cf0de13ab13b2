#include "buttons.h"

#include <avr_ioport.h>

static const struct {
    char port;
    unsigned char pin;
} wired[BUTTONS] = {
    {'D', 2}, {'D', 3}, {'D', 4}, {'D', 5}, {'D', 6}, {'D', 7}, /* lines 1 to 6 */
    {'C', 4}, {'C', 5},                                         /* lines 7 and 8 */
    {'C', 0}, {'C', 1}, {'C', 2},                               /* mute, away, owed */
    {'C', 3},                                                   /* hook switch */
};

static avr_t *avr;
static bool is_closed[BUTTONS];

/* Registers in which a program reads the pins (ATmega328P data sheet, chapter 30). */
static uint8_t *pins_of(char port)
{
    return avr->data + (port == 'C' ? 0x26 : 0x29);
}

/* simavr has to be told three times: the level to come back to when the firmware writes the port, where it would
   otherwise put what the pull-up says; the level now, for pin change interrupts; and the register itself, for a
   reset has cleared it while the levels, as simavr sees them, have not changed. */
static void put_levels(char port)
{
    avr_ioport_external_t levels = {0};
    levels.name = (unsigned long)port & 0x7f;
    for (unsigned i = 0; i < BUTTONS; i++) {
        if (wired[i].port != port)
            continue;
        levels.mask = levels.mask | 1u << wired[i].pin;
        levels.value = levels.value | (is_closed[i] ? 0u : 1u << wired[i].pin);
    }
    avr_ioctl(avr, (uint32_t)AVR_IOCTL_IOPORT_SET_EXTERNAL(port), &levels);
    for (unsigned i = 0; i < BUTTONS; i++)
        if (wired[i].port == port)
            avr_raise_irq(avr_io_getirq(avr, (uint32_t)AVR_IOCTL_IOPORT_GETIRQ(port), wired[i].pin),
                          !is_closed[i]);
    *pins_of(port) = (uint8_t)((*pins_of(port) & ~levels.mask) | levels.value);
}

void buttons_attach(avr_t *chip)
{
    avr = chip;
}

/* A reset leaves all pins low in simavr, which would be every button pressed. */
void buttons_restart(void)
{
    put_levels('C');
    put_levels('D');
}

void buttons_set(unsigned button, bool closed)
{
    is_closed[button] = closed;
    put_levels(wired[button].port);
}
