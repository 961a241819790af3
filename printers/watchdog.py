"""What a service manager wants to hear of a process (systemd's sd_notify(3)): that it is ready, that it is alive."""

import contextlib
import os
import socket


def tell(word: str) -> None:
    """Say `READY=1` or `WATCHDOG=1`; nothing where nobody listens."""
    address = os.environ.get("NOTIFY_SOCKET", "")
    if address.startswith(("/", "@")):
        with contextlib.suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as line:
            line.sendto(word.encode(), address.replace("@", "\0", 1) if address[0] == "@" else address)
