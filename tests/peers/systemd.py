"""systemd as a service hears and is heard by it: the socket of sd_notify(3)."""

import socket


class Systemd:
    """systemd's end of the socket: keeps what a service said."""

    def __init__(self, address: str) -> None:
        self.address = address
        self._socket = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        self._socket.bind("\0" + address[1:] if address.startswith("@") else address)
        self._socket.setblocking(False)

    def environment(self, watchdog_s: float) -> dict[str, str]:
        """What a service with this WatchdogSec= finds in its environment."""
        return {"NOTIFY_SOCKET": self.address, "WATCHDOG_USEC": str(int(watchdog_s * 1_000_000))}

    def heard(self) -> list[list[str]]:
        """The datagrams that came since the last time, as lines."""
        datagrams = []
        while True:
            try:
                datagrams.append(self._socket.recv(4096).decode().splitlines())
            except BlockingIOError:
                return datagrams

    def close(self) -> None:
        self._socket.close()
