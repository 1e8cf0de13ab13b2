#include "tell.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>

#include "board.h"

static double zero_ms;
static bool silent;

double instant_ms(uint64_t cycle)
{
    return zero_ms + (double)cycle * 1000.0 / CLOCK_HZ;
}

void tell_instants_from(double instant)
{
    zero_ms = instant;
}

void tell_nobody(void)
{
    silent = true;
}

void tell(uint64_t cycle, const char *format, ...)
{
    if (silent)
        return;
    va_list arguments;
    va_start(arguments, format);
    printf("%.4f ", instant_ms(cycle));
    vprintf(format, arguments);
    putchar('\n');
    va_end(arguments);
}
