/* What the hex file says of itself, to whoever looks at it instead of asking the chip. */
#include "flash.h"
#include "version.h"

#define TEXT_OF(value) #value
#define TEXT(value) TEXT_OF(value)
#define VERSION_TEXT TEXT(VERSION_MAJOR) "." TEXT(VERSION_MINOR) "." TEXT(VERSION_PATCH)

extern const IN_FLASH char identity[];
__attribute__((used)) const IN_FLASH char identity[] = "call-light tower atmega328p " VERSION_TEXT;
