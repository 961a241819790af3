"""`sportello evidence`: everything that happened on one day, as files."""

from datetime import datetime
from pathlib import Path

import click

from sportello.config import read
from sportello.ledger.db import Broken
from sportello.terminal import DAY, reading, settings_option, told


@click.command()
@settings_option
@click.option("--day", type=DAY, required=True, metavar="YYYY-MM-DD", help="The day.")
@click.option("--service", default="", help="One service only; all of them otherwise.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Write the files into this folder."
)
@told
def evidence(settings: Path, day: datetime, service: str, out: Path) -> None:
    """Write everything that happened on one day, from the log: for the reply to a diffida. Names nobody."""
    from sportello.reports.evidence import dossier
    from sportello.reports.evidence_files import NAMES, files

    config = read(settings)
    with reading(config) as db:
        found = dossier(db, config.code, day.date(), service)
    out.mkdir(parents=True, exist_ok=True)
    for name, content in files(found):
        (out / name).write_bytes(content)
    click.echo("\n".join(str(out / name) for name in NAMES))
    if fault := found.happened.fault:
        raise Broken(f"first bad event: epoch {fault.epoch}, seq {fault.seq} ({fault.kind}): {fault.why}")
