"""From the log to the screens. The only place that emits."""

import json
import logging
import time
from collections.abc import Callable, Iterable
from threading import Event, Lock, Thread
from typing import Any

from flask import Flask, request
from flask_socketio import SocketIO

from sportello import __version__, web
from sportello.centre import Centre
from sportello.domain.boards import board
from sportello.ledger.devices import Face

LOG = logging.getLogger(__name__)
BEAT_S = 1.0
CALM_S = 0.2  # how long the counts of who waits may wait themselves: each tap would cost a message to every screen
PATH = "/socket.io/"


class Cap:
    """Live connections for those who may watch, and at most `limit`: each holds a thread, and kiosks must always find
    one free.
    """

    def __init__(self, app: Any, limit: int, welcome: Callable[[dict[str, Any]], bool]) -> None:
        self._app, self._limit, self._welcome = app, limit, welcome
        self._lock = Lock()
        self._open = 0

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        if not environ.get("PATH_INFO", "").startswith(PATH):
            answer: Iterable[bytes] = self._app(environ, start_response)
            return answer
        if not self._welcome(environ):
            start_response("403 FORBIDDEN", [("Content-Type", "text/plain")])
            return [b"403: not a screen that was let in\n"]
        with self._lock:
            full = self._open >= self._limit
            self._open += not full
        if full:
            start_response("503 SERVICE UNAVAILABLE", [("Content-Type", "text/plain"), ("Retry-After", "5")])
            return [b"503: too many screens ([web] screens in centre.toml)\n"]
        try:
            connected: Iterable[bytes] = self._app(environ, start_response)
            return connected
        finally:
            with self._lock:
                self._open -= 1


class Live:
    """Whole state with `seq` to every display: when something was recorded, and a beat each second.

    A display says `hello` and gets the state; it draws whatever is newer than what it shows, so a lost or
    doubled message does no harm.
    """

    def __init__(self, app: Flask, centre: Centre) -> None:
        self.socketio = SocketIO(
            app,
            async_mode="threading",
            transports=["websocket"],  # type: ignore[call-arg]
            ping_interval=5,
            ping_timeout=10,
            logger=False,
            engineio_logger=False,
        )
        self._app, self._centre = app, centre
        self._told, self._shown, self._announced = "", centre.place, centre.day.announced
        self._stop = Event()
        self._thread = Thread(target=self.pump, name="live", daemon=True)
        self._devices: dict[str, str] = {}  # connection -> the screen that holds it
        self.socketio.on("connect")(self._connect)
        self.socketio.on("disconnect")(self._disconnect)
        self.socketio.on_event("hello", self._hello)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()

    def welcome(self, environ: dict[str, Any]) -> bool:
        """Whether to let in who asks: a display, the box itself, somebody who works here."""
        with self._app.request_context(environ):
            return web.may_watch()

    def _connect(self, _: object = None) -> None:
        device = web.screen(Face.DISPLAY)
        if device is not None:
            self._devices[request.sid] = device.id  # type: ignore[attr-defined]

    def _disconnect(self, _: object = None) -> None:
        self._devices.pop(request.sid, None)  # type: ignore[attr-defined]

    def drop(self, device: str) -> None:
        """End the connections of a screen: it was shut out, or shows something else from now on."""
        for connection in [sid for sid, one in [*self._devices.items()] if one == device]:
            self.socketio.server.disconnect(connection)  # type: ignore[attr-defined]

    def _hello(self, _: object = None) -> dict[str, Any]:
        return self.state()

    def state(self) -> dict[str, Any]:
        """What a display shows, whole, and where in the log it stands. Another `version` asks screens to reload."""
        head, day = self._centre.committed
        return {
            "epoch": head.epoch,
            "seq": head.seq,
            "version": __version__,
            **board(day, self._centre.now()),
            "rooms": day.plan.rooms,
            "languages": day.plan.languages,
        }

    def pump(self) -> None:
        """Emit a call at once, other changes of the board soon, and without one a beat a second.

        A beat says (epoch, seq) of the last board sent and what time it is at the centre, so that silence means
        a broken line.
        """
        seen, spoke = self._centre.place, 0.0
        while not self._stop.is_set():
            if not self._centre.wait_until(self._called, spoke + CALM_S - time.monotonic()):
                self._centre.wait_for_change(seen, spoke + BEAT_S - time.monotonic())
            seen = self._centre.place
            try:
                if self._tell(due=time.monotonic() - spoke >= BEAT_S):
                    spoke = time.monotonic()
            except Exception:
                LOG.exception("a broadcast failed; the next beat repairs it")
                spoke = time.monotonic()

    def _called(self) -> bool:
        """Whether a call was made that no screen was told of."""
        return self._centre.day.announced != self._announced

    def _tell(self, *, due: bool) -> bool:
        """Emit the board if it changed, otherwise a beat when one is due. Whether anything was said."""
        self._announced = self._centre.day.announced  # before the state: a call made meanwhile is told next
        state = self.state()
        told = told_by(state)
        changed = told != self._told
        if changed:
            self._told, self._shown = told, (state["epoch"], state["seq"])
            self.socketio.emit("board", state)
        elif due:
            epoch, seq = self._shown
            self.socketio.emit("beat", {"epoch": epoch, "seq": seq, "now_ms": state["now_ms"]})
        return changed or due


def told_by(state: dict[str, Any]) -> str:
    """What a board tells, without what changes by itself as time passes."""
    queues = [{key: value for key, value in queue.items() if key != "longest_s"} for queue in state["queues"]]
    lasting = ("epoch", "centre", "day", "open", "calls", "notice", "rooms", "languages")
    return json.dumps({"queues": queues} | {key: state[key] for key in lasting})
