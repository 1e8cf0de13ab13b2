/* Commands, a line each, on standard input; README.md lists them. */
#ifndef COMMANDS_H
#define COMMANDS_H

#include <stdbool.h>

/* Reads what is there and does every whole line; false at the end of the input. A line that says nothing sensible
   ends the program: whoever drives it is wrong. `link` is for a cable that is plugged in again. */
bool commands_read(const char *link);

#endif
