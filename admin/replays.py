"""Long questions about many days, worked out in a process of their own so that no counter waits for them."""

from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from multiprocessing import get_context
from typing import ParamSpec, TypeVar

from flask import current_app

P = ParamSpec("P")
R = TypeVar("R")
PATIENCE_S = 90.0
NAME = "long-questions"


class TooLong(Exception):
    """The answer took longer than somebody waits for a page."""


def apart(work: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
    """What `work` gives, done in the one other process; `TooLong` when it takes too long or is cut short."""
    extensions = current_app.extensions
    if NAME not in extensions:
        extensions[NAME] = ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn"))
    try:
        answer: R = extensions[NAME].submit(work, *args, **kwargs).result(PATIENCE_S)
    except (TimeoutError, BrokenProcessPool) as fault:
        extensions.pop(NAME).shutdown(wait=False, cancel_futures=True)
        raise TooLong from fault
    return answer
