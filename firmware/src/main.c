/* The controller's one loop: take what came, count time, draw, answer. Everything else is in tower.h. */
#include "hal.h"
#include "leds.h"
#include "tower.h"

/* Bytes taken in one pass: noise without end must not keep the tick waiting, and the watchdog hungry. */
#define BYTES_A_PASS_MAX 64

static struct tower tower;
static uint8_t said[SAID_BYTES_MAX];

static void take_bytes(void)
{
    uint8_t byte;
    for (uint8_t i = 0; i < BYTES_A_PASS_MAX && hal_receive(&byte); i++)
        tower_receive(&tower, byte);
}

int main(void)
{
    hal_start();
    tower_start(&tower, hal_boot_count, hal_reset_cause);
    for (;;) {
        take_bytes();
        uint8_t ticks = hal_ticks();
        for (uint8_t i = 0; i < ticks; i++)
            tower_tick(&tower);
        tower_sample(&tower, hal_pressed(), ticks != 0);
        if (ticks)
            hal_tone(sound_tone(&tower.sound));
        /* What is to be said waits for the light, and for the tick that came meanwhile: an event goes
           first. */
        bool draws = tower_draw(&tower);
        if (draws)
            leds_show(tower.palette, tower.guard.shown, tower.count);
        else if (!hal_is_sending())
            hal_send(said, tower_say(&tower, said, hal_lost_bytes()));
        /* Fed only where time passes: if the tick stands still, so does all that a person sees. */
        if (ticks)
            hal_feed_watchdog();
        if (!draws)
            hal_rest();
    }
}
