/* The pins of the controller, all of them and nowhere else: hardware/ wires what this file says. A pin is
   the letter of its port and its bit. PD0 and PD1 are the serial line to the USB chip; the USART takes
   them by itself. */
#ifndef PINS_H
#define PINS_H

/* Buttons in the order of the wire: lines 1 to 8, mute, away, owed, and the hook switch, which is closed
   while the handset is lifted. Each connects its pin to ground; the pull-ups are on. X(name, port, bit,
   pin of a Nano) */
#define BUTTON_PINS(X) \
    X(LINE_1, D, 2, D2) \
    X(LINE_2, D, 3, D3) \
    X(LINE_3, D, 4, D4) \
    X(LINE_4, D, 5, D5) \
    X(LINE_5, D, 6, D6) \
    X(LINE_6, D, 7, D7) \
    X(LINE_7, C, 4, A4) \
    X(LINE_8, C, 5, A5) \
    X(MUTE, C, 0, A0) \
    X(AWAY, C, 1, A1) \
    X(OWED, C, 2, A2) \
    X(HOOK, C, 3, A3)

/* Buzzer, through its transistor: output A of timer 1, D9. */
#define BUZZER_PORT B
#define BUZZER_BIT 1

/* Data of the pixel chain: MOSI, D11, so that SK9822 can follow with its clock on PB5. */
#define PIXELS_PORT B
#define PIXELS_BIT 3

#endif
