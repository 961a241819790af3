"""gunicorn's worker of many threads, whose loop never waits for one client."""

from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker


class Threads(ThreadWorker):  # type: ignore[misc]
    """A closing connection lingers up to two seconds for what its client may still send. gunicorn's own worker does so
    in the loop that takes new connections: one screen whose cable was pulled would hold up every kiosk meanwhile.
    """

    def finish_request(self, conn: TConn, fs: "Future[Any]") -> None:
        """Keep the connection for its next request, or end it: the lingering is a thread's, not the loop's."""
        if _goes_on(fs):
            super().finish_request(conn, fs)
            return
        self.nr_conns -= 1
        try:
            self.tpool.submit(_end, conn)
        except RuntimeError:  # the threads were sent home: the service stops
            _end(conn)


def _goes_on(done: "Future[Any]") -> bool:
    """Whether more is expected of the client."""
    return not done.cancelled() and done.exception() is None and bool(done.result())


def _end(conn: TConn) -> None:
    with suppress(OSError):  # it is closed already
        conn.close(graceful=True)
