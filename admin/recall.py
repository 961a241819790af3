"""Figures counted once: who asks the same of the same log gets the same answer, at once."""

from collections import OrderedDict
from collections.abc import Callable, Hashable
from threading import Lock
from typing import Any, TypeVar

KEPT = 24
T = TypeVar("T")


class Recall:
    """The last answers, by what they were asked of. A key names the head of the log: another event, another answer."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: OrderedDict[Hashable, Any] = OrderedDict()

    def get(self, key: Hashable, count: Callable[[], T]) -> T:
        with self._lock:
            if key in self._known:
                self._known.move_to_end(key)
                found: T = self._known[key]
                return found
        made = count()
        with self._lock:
            self._known[key] = made
            while len(self._known) > KEPT:
                self._known.popitem(last=False)
        return made

    def clear(self) -> None:
        """What is not in the log changed."""
        with self._lock:
            self._known.clear()
