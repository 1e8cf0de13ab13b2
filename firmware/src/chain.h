/* The pixels of the chain, in order: the status pixels, the segments of the lines from the bottom up, then
   the lamps of the line buttons and of the keys. */
#ifndef CHAIN_H
#define CHAIN_H

#include "wire.h"

enum status_pixel { PIXEL_ALIVE, PIXEL_FAULT, PIXEL_MORE, PIXEL_OWED, PIXEL_VOICEMAIL = PIXEL_OWED + 3 };

#define STATUS_PIXELS 9
#define SEGMENT_PIXELS 8

/* The first lamp, and all pixels, of a tower with so many lines. */
#define FIRST_LAMP(lines) (STATUS_PIXELS + SEGMENT_PIXELS * (lines))
#define CHAIN_PIXELS(lines) (FIRST_LAMP(lines) + (lines) + KEYS)
#define CHAIN_PIXELS_MAX CHAIN_PIXELS(LINES_MAX)

#endif
