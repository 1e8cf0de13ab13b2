"""Images for tests, as Intel HEX: made from their bytes, so that anything can be wrong with them."""

from pathlib import Path

from tests.peers.bootloader import IDENTITY


def record(address: int, data: bytes, kind: int = 0) -> str:
    """One record with a right checksum."""
    plain = bytes((len(data),)) + address.to_bytes(2, "big") + bytes((kind,)) + data
    return f":{(plain + bytes((-sum(plain) % 256,))).hex().upper()}"


def hex_of(flash: bytes) -> str:
    """A whole file, as avr-objcopy writes it."""
    records = [record(at, flash[at : at + 16]) for at in range(0, len(flash), 16)]
    return "\n".join([*records, record(0, b"", 1)]) + "\n"


def program(version: str = "1.2.3", size: int = 4_000, identity: bytes = IDENTITY) -> bytes:
    """A program that does nothing, with the identity in its middle."""
    named = b"\x0c\x94\x34\x00" * (size // 8) + identity + version.encode() + b"\0"
    return named + bytes(range(256)) * (size // 256 + 1)


def image_file(folder: Path, version: str = "1.2.3", size: int = 4_000) -> Path:
    """A firmware that may be written."""
    file = folder / f"tower-{version}.hex"
    file.write_text(hex_of(program(version, size)[:size]), encoding="ascii")
    return file
