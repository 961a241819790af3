"""Which window holds a counter: one clerk may have the desk open twice, and only the newest acts."""

from threading import Lock


class Windows:
    """The newest window of each counter. A window's number is the time it was opened, so that nothing is kept on disk:
    after a restart the newest of those still open is the newest again.
    """

    def __init__(self) -> None:
        self._newest: dict[str, int] = {}
        self._lock = Lock()

    def opened(self, counter: str, now_ms: int) -> int:
        """The number of one more window, newer than every other at this counter."""
        with self._lock:
            self._newest[counter] = max(now_ms, self._newest.get(counter, 0) + 1)
            return self._newest[counter]

    def holds(self, counter: str, window: int, now_ms: int) -> bool:
        """Whether this window may act: none newer was heard of."""
        with self._lock:
            if self._newest.get(counter, 0) < window <= now_ms:
                self._newest[counter] = window
            return window > 0 and self._newest.get(counter) == window
