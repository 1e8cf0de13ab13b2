"""`python -m tests.peers.flood`: a user with rights says 10,000 hostile things a second, until it is ended.

Its arguments: port, the authority's file, site, user, victim; its password comes on standard input, one line.
For each second it writes how many it said: fewer, where the broker takes no more. A client library would
spend its time on each message by itself, so the packets (MQTT 5, sections 3.1 and 3.3) are made once.
"""

import itertools
import socket
import ssl
import struct
import sys
import time
from collections.abc import Iterator
from typing import Final

A_SECOND: Final = 10_000
BURST: Final = 100

HOSTILE: Final = (
    b"not json",
    b"[" * 1_000,
    b'{"v":1,"boot":"x","rev":1,"calls":[]}',
    b'{"v":1,"transaction":"t-1","call":"x-1","target":"sip:evil"}',
    b"\xff" * 500,
)


def text(content: bytes | str) -> bytes:
    """A string of MQTT, with its length before it."""
    whole = content.encode() if isinstance(content, str) else content
    return struct.pack("!H", len(whole)) + whole


def packet(kind: int, content: bytes) -> bytes:
    """A packet, with its length as a variable byte integer."""
    length, left = bytearray(), len(content)
    while True:
        left, low = divmod(left, 128)
        length.append(low | (0x80 if left else 0))
        if not left:
            return bytes([kind]) + length + content


def connect(user: str, password: str) -> bytes:
    """CONNECT: MQTT 5, clean start, user and password, no keepalive, no properties."""
    return packet(
        0x10,
        text("MQTT") + bytes([5, 0xC2, 0, 0, 0]) + text(f"flood-{user}") + text(user) + text(password),
    )


def publish(topic: str, payload: bytes) -> bytes:
    """PUBLISH at QoS 0 without properties."""
    return packet(0x30, text(topic) + b"\0" + payload)


def bursts(site: str, user: str, victim: str) -> Iterator[bytes]:
    """What is said, burst after burst, for ever."""
    topics = (
        f"calllight/{site}/{user}/line/main/state",
        f"calllight/{site}/{user}/state",
        f"calllight/{site}/{victim}/request/pickup/{user}",
        f"calllight/{site}/{victim}/request/mute/{user}",
    )
    each = [publish(topic, payload) for topic, payload in itertools.product(topics, HOSTILE)]
    return itertools.repeat(b"".join(itertools.islice(itertools.cycle(each), BURST)))


def main(port: int, ca_file: str, site: str, user: str, victim: str) -> None:
    """Connect, and flood."""
    context = ssl.create_default_context(cafile=ca_file)
    with context.wrap_socket(
        socket.create_connection(("localhost", port)), server_hostname="localhost"
    ) as broker:
        broker.sendall(connect(user, sys.stdin.readline().strip()))
        answer = broker.recv(1_000)
        assert (answer[0], answer[3]) == (0x20, 0), f"the broker does not take us: {answer!r}"
        print("floods", flush=True)
        begun_s = due_s = time.monotonic()
        said = 0
        for burst in bursts(site, user, victim):
            broker.sendall(burst)
            said += BURST
            if time.monotonic() >= begun_s + 1:
                print(said, flush=True)
                begun_s, said = begun_s + 1, 0
            due_s = max(due_s + BURST / A_SECOND, time.monotonic() - 1)
            time.sleep(max(0.0, due_s - time.monotonic()))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
