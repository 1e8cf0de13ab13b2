/* Tables stay in flash on the chip, where RAM is short; elsewhere they are ordinary constants. */
#ifndef FLASH_H
#define FLASH_H

#ifdef __AVR__
#define IN_FLASH __flash
#else
#define IN_FLASH
#endif

#endif
