/* CRC-32 of IEEE 802.3, as zlib.crc32 computes it. */
#ifndef CRC32_H
#define CRC32_H

#include <stdint.h>

#define CRC32_START 0xFFFFFFFFu

/* The register after a whole message and its own checksum, whatever the message: so a receiver need not
   know where the checksum begins. */
#define CRC32_GOOD 0xDEBB20E3u

/* Returns the register after one byte more. The checksum is the register inverted. */
uint32_t crc32_after(uint32_t crc, uint8_t byte);

#endif
