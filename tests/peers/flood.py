"""`python -m tests.peers.flood`: a user with rights says 10,000 hostile things a second, until it is ended.

Its arguments: port, the authority's file, site, user, victim; its password comes on standard input, one line.
"""

import itertools
import ssl
import sys
import time
from typing import Final

from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

A_SECOND: Final = 10_000
BURST: Final = 100

HOSTILE: Final = (
    b"not json",
    b"[" * 1_000,
    b'{"v":1,"boot":"x","rev":1,"calls":[]}',
    b'{"v":1,"transaction":"t-1","call":"x-1","target":"sip:evil"}',
    b"\xff" * 500,
)


def main(port: int, ca_file: str, site: str, user: str, victim: str) -> None:
    """Connect, and flood."""
    client = Client(CallbackAPIVersion.VERSION2, f"flood-{user}", protocol=MQTTProtocolVersion.MQTTv5)
    client.username_pw_set(user, sys.stdin.readline().strip())
    client.tls_set_context(ssl.create_default_context(cafile=ca_file))
    client.connect("localhost", port)
    client.loop_start()
    topics = (
        f"calllight/{site}/{user}/line/main/state",
        f"calllight/{site}/{user}/state",
        f"calllight/{site}/{victim}/request/pickup/{user}",
        f"calllight/{site}/{victim}/request/mute/{user}",
    )
    said = itertools.cycle(itertools.product(topics, HOSTILE))
    due_s = time.monotonic()
    print("floods", flush=True)
    while True:
        for topic, payload in itertools.islice(said, BURST):
            client.publish(topic, payload, qos=0)
        due_s += BURST / A_SECOND
        time.sleep(max(0.0, due_s - time.monotonic()))


if __name__ == "__main__":
    main(int(sys.argv[1]), *sys.argv[2:])
