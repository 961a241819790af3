"""The floor: the least that keeps one row on disk and tells every screen, on the same server as a centre.

Run as `python -m benchmarks.floor centre.toml`: gunicorn, its settings and Socket.IO are those of
`sportello serve`; the application is one Flask view, one durable commit and one emit.
"""

import argparse
import json
import secrets
from dataclasses import replace
from pathlib import Path
from threading import Lock
from typing import Any

from flask import Flask, jsonify
from flask.typing import ResponseReturnValue
from flask_socketio import SocketIO

from sportello import config
from sportello.ledger.sqlite import durable, sqlite3
from sportello.serving import Service
from sportello.timekeeping import system_clock

TABLE = "CREATE TABLE ticket (n INTEGER PRIMARY KEY, id TEXT NOT NULL, data TEXT NOT NULL)"
CALLS = 8
LETTERS = "ABCDEF"
LANGUAGES = ("it", "it-facile", "en", "ro", "sq", "ar", "fr", "zh", "uk")


class Rows:
    """One connection under a lock, each row on disk before it is answered."""

    def __init__(self, path: Path) -> None:
        self._lock = Lock()
        self._connection = sqlite3.connect(str(path), isolation_level=None, check_same_thread=False)
        durable(self._connection, path)
        self._connection.execute(TABLE)

    def add(self, data: str) -> int:
        with self._lock:
            found = self._connection.execute(
                "INSERT INTO ticket (id, data) VALUES (?, ?)", (secrets.token_hex(8), data)
            )
            return int(found.lastrowid)


def board(n: int) -> dict[str, Any]:
    """As long as a centre's."""
    calls = [
        {
            "n": k,
            "number": f"A{k:03d}",
            "counter": "1",
            "place": "Sportello 1",
            "room": "",
            "language": "it",
            "again": False,
            "at_ms": 1_800_000_000_000,
        }
        for k in range(n, max(0, n - CALLS), -1)
    ]
    queues = [{"letter": letter, "waiting": 7, "longest_s": 600, "estimate": None} for letter in LETTERS]
    return {
        "epoch": 1,
        "seq": n,
        "centre": "Centro",
        "day": "2026-01-01",
        "open": True,
        "calls": calls,
        "queues": queues,
        "notice": "",
        "rooms": [],
        "languages": LANGUAGES,
    }


def application(rows: Rows) -> Flask:
    app = Flask("floor")
    live = SocketIO(
        app,
        async_mode="threading",
        transports=["websocket"],  # type: ignore[call-arg]
        ping_interval=5,
        ping_timeout=10,
    )

    @app.post("/api/v1/tickets")
    def issue() -> ResponseReturnValue:
        n = rows.add(json.dumps({"service": "A01", "language": "it"}))
        return jsonify(number=f"A{n:03d}"), 201

    @app.post("/api/v1/call")
    def call() -> ResponseReturnValue:
        n = rows.add(json.dumps({"counter": "1"}))
        live.emit("board", board(n))
        return jsonify(n=n)

    @app.get("/healthz")
    def healthz() -> ResponseReturnValue:
        return jsonify(status="ok")

    return app


class Floor(Service):
    """The server of a centre, with the floor's application in it."""

    def load(self) -> Flask:
        return application(Rows(self._config.folder / f"floor-{secrets.token_hex(4)}.db"))

    def _open(self, worker: Any) -> None:
        print(f"ready http://127.0.0.1:{worker.sockets[0].sock.getsockname()[1]}", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("settings", type=Path, help="centre.toml of a centre")
    asked = parser.parse_args()
    settings = replace(config.read(asked.settings), port=0)
    Floor(settings, asked.settings, system_clock(), prints=False).run()


if __name__ == "__main__":
    main()
