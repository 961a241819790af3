"""A centre as it is really served: the `sportello` command in a process of its own."""

import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from select import select

from sportello import config as settings
from sportello import founding
from sportello.ledger.access import Role
from sportello.local import line
from sportello.timekeeping import system_clock

PASSWORD = "quattro parole da ricordare"
READY_S = 20


class Served:
    """A centre of Como, open day and night, with a manager called «dirige»; killed and started again at will."""

    def __init__(self, folder: Path) -> None:
        charter = founding.charter_named("como")
        site = founding.site_of(charter, "cpi-como")
        self.settings = founding.init(folder, charter, site, system_clock(), always_open=True)
        self.config = settings.read(self.settings)
        with line(self.config) as ask:
            founding.admit(ask, "dirige", Role.MANAGER, PASSWORD, once=False)
        self._port = 0
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start, at the port it had before, and wait until it takes requests."""
        asked = [sys.executable, "-m", "sportello", "serve", "--config", str(self.settings), "--port", str(self._port)]
        self._process = subprocess.Popen(asked, stdout=subprocess.PIPE)
        assert self._process.stdout is not None
        assert select([self._process.stdout], [], [], READY_S)[0], "not ready in time"
        said = self._process.stdout.readline().decode().split()
        assert said[:1] == ["ready"], said
        self._port = int(said[1].rpartition(":")[2])
        self.config = replace(self.config, port=self._port)

    def kill(self) -> None:
        """As a power cut would: nothing is tidied up."""
        assert self._process is not None
        subprocess.run(["pkill", "-KILL", "-P", str(self._process.pid)], check=False)
        self._process.kill()
        self._ended()

    def stop(self) -> int:
        """As systemd would; the exit code."""
        assert self._process is not None
        self._process.terminate()
        return self._ended()

    def _ended(self) -> int:
        assert self._process is not None
        assert self._process.stdout is not None
        self._process.stdout.close()
        return self._process.wait(timeout=5)
