"""`sportello verification`: the yearly verification as files."""

import time
from datetime import date
from pathlib import Path

import click

from sportello.config import read
from sportello.ledger import publications
from sportello.ledger.db import Broken
from sportello.terminal import progress, reading, settings_option, told


@click.command()
@settings_option
@click.option("--year", type=click.IntRange(2000, 2100), required=True, help="The year to verify.")
@click.option(
    "--out", type=click.Path(file_okay=False, path_type=Path), required=True, help="Write the files into this folder."
)
@told
def verification(settings: Path, year: int, out: Path) -> None:
    """Write the yearly verification of the standards: PDF, XLSX, ODS, CSV, HTML and their SHA-256.

    With the causes and actions written on the page «Verifica annuale». The same events give the same files.
    """
    from sportello.reports import verification as verifying
    from sportello.reports.verification_files import MAKERS, files

    config, first, last = read(settings), date(year, 1, 1), date(year, 12, 31)
    with progress(len(MAKERS) + 2, "files") as bar:
        with reading(config) as db:
            remarks = publications.written(db, config.code, first, last)
            now_ms = round(time.time() * 1000)
            found = verifying.verification(
                db, config.code, first=first, last=last, remarks=remarks, as_of_ms=verifying.due(last, now_ms)
            )
        bar.update(1)
        out.mkdir(parents=True, exist_ok=True)
        for name, content in files(found):
            (out / name).write_bytes(content)
            bar.update(1)
    click.echo("\n".join(str(out / name) for name in (*MAKERS, "SHA256SUMS")))
    if found.report.fault:
        fault = found.report.fault
        raise Broken(f"first bad event: epoch {fault.epoch}, seq {fault.seq} ({fault.kind}): {fault.why}")
