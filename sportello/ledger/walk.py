"""A stretch of a chain, walked by a process of its own: `python -m sportello.ledger.walk FILE CENTRE EPOCH FIRST LAST`.

Writes the first bad event as JSON, or null. The log only grows, so a stretch is the same for every reader.
"""

import json
import sys
from contextlib import closing
from dataclasses import asdict
from pathlib import Path

from sportello.ledger import log, sqlite


def main(path: str, centre: str, epoch: str, first: str, last: str) -> None:
    with closing(sqlite.connect(Path(path))) as db:
        fault = log.walk(db, centre, int(epoch), int(first), int(last))
    sys.stdout.write(json.dumps(fault and asdict(fault)))


if __name__ == "__main__":
    main(*sys.argv[1:])
