/* The version of the firmware, as HELLO and the hex file say it. Raised with every change that a unit can
   see. */
#ifndef VERSION_H
#define VERSION_H

#define VERSION_MAJOR 1
#define VERSION_MINOR 0
#define VERSION_PATCH 0

#endif
