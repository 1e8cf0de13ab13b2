/* Written by tests/firmware/tables.py from appliance/core/patterns.py and frames.py: every colour at every
   level that anything shows, as a WS2812B takes it by day. X(name, red, green, blue) */
#ifndef SHADES_H
#define SHADES_H

#define SHADES(X) \
    X(DARK, 0, 0, 0) \
    X(BLUE, 0, 110, 255) \
    X(AMBER, 255, 130, 0) \
    X(RED, 255, 0, 0) \
    X(WHITE, 255, 255, 255) \
    X(GREEN, 0, 210, 70) \
    X(VIOLET, 190, 0, 255) \
    X(BLUE_HALF, 0, 41, 96) \
    X(AMBER_HALF, 96, 48, 0) \
    X(WHITE_HALF, 96, 96, 96) \
    X(WHITE_DIM, 40, 40, 40) \
    X(VIOLET_HALF, 71, 0, 96) \
    X(GLOW, 0, 19, 6)

#define SHADE_NAME(name, red, green, blue) SHADE_##name,
enum shade { SHADES(SHADE_NAME) SHADES_COUNT };

#endif
