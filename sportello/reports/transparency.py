"""The public page of a published verification and all it offers, as a folder that needs nobody else.

The same folder is what this box shows at /trasparenza and what is loaded on the institutional site, as a ZIP.
"""

import io
import zipfile
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sportello.rdf import json_ld, turtle
from sportello.reports import workbooks
from sportello.reports.catalogue import things
from sportello.reports.compliance import Compliance
from sportello.reports.definition import OUTCOMES
from sportello.reports.italian import DIMENSIONS, NOTHING, at, points, whole
from sportello.reports.opendata import Month, described, monthly_summary, tables
from sportello.reports.pages import page
from sportello.reports.sums import SUMS, digest, sums
from sportello.reports.verification import Row, Verification
from sportello.reports.verification_files import MAKERS, STYLE
from sportello.reports.verification_words import achieved, named, nobody_came, printed

INDEX = "index.html"
ARCHIVE = "trasparenza.zip"
MONTHS = ("gennaio", "febbraio", "marzo", "aprile", "maggio", "giugno", "luglio", "agosto", "settembre", "ottobre",
          "novembre", "dicembre")  # fmt: skip

OFFERED: Mapping[str, str] = {
    "verification.pdf": "Verifica completa, PDF accessibile e archiviabile",
    "verification.html": "Verifica completa, pagina",
    "verification.xlsx": "Tabella degli standard, Excel",
    "verification.ods": "Tabella degli standard, LibreOffice",
    "verification.csv": "Tabella degli standard, CSV",
    "attese-mensili.csv": "Dati aperti: attese per servizio e mese",
    "standard.csv": "Dati aperti: esito degli standard",
    "sede.csv": "Dati aperti: sede e orari",
    "colonne.csv": "Che cosa significa ogni colonna dei dati aperti",
    "catalogo.jsonld": "Metadati DCAT-AP_IT, JSON-LD",
    "catalogo.ttl": "Metadati DCAT-AP_IT, Turtle",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """Who answers for a publication: a role, never a name; the act; which version of the same period it is."""

    role: str
    act: str
    version: int
    published_ms: int


def folder(
    found: Verification, monthly: Compliance, approval: Approval, done: Callable[[], object] = lambda: None
) -> Mapping[str, bytes]:
    """Every file of the page, its sums, and the ZIP of them all. `done` is called after each file."""
    made: dict[str, bytes] = {}
    for name, make in MAKERS.items():
        made[name] = make(found)
        done()
    data = tables(found, monthly)
    made |= {table.file: workbooks.csv(table.lines()) for table in data}
    made["colonne.csv"] = workbooks.csv(described(data))
    told = list(things(found, data, {name: digest(content) for name, content in made.items()}))
    made |= {"catalogo.jsonld": json_ld(told), "catalogo.ttl": turtle(told)}
    made[INDEX] = page("transparency", _texts(found, monthly, approval, made))
    made[SUMS] = sums({name: digest(content) for name, content in made.items()})
    made[ARCHIVE] = packed(made)
    return made


def packed(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of these files, the same bytes from the same files."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        for name, content in sorted(files.items()):
            archive.writestr(*workbooks.entry(f"trasparenza/{name}", content))
    return written.getvalue()


def _texts(
    found: Verification, monthly: Compliance, approval: Approval, made: Mapping[str, bytes]
) -> Mapping[str, Any]:
    months = monthly_summary(monthly)
    return {
        **printed(found),
        "style": STYLE,
        "services": [
            {
                "title": f"Carta {block.charter.id}" if block.charter else "Senza Carta",
                "rows": [_line(row) for row in block.rows if row.standard and not nobody_came(row)],
                "idle": [_line(row) for row in block.rows if nobody_came(row)],
            }
            for block in found.blocks
        ],
        "months": list(map(_drawn, months)),
        "extremes": _extremes(months),
        "files": [
            {"name": name, "label": label, "size": _size(len(made[name])), "sha256": digest(made[name])}
            for name, label in OFFERED.items()
        ],
        "approval": approval,
        "published": at(approval.published_ms)[:10],
    }


def _line(row: Row) -> Mapping[str, str]:
    standard = row.standard
    if standard is None:
        raise ValueError("only what was declared is compared")
    return {
        "about": named(row),
        "title": standard.title["it"],
        "dimension": DIMENSIONS[standard.dimension],
        "programmed": standard.programmed,
        "mark": "dimostrativo" if row.demonstrative else "",
        "achieved": achieved(row),
        "deviation": points(row.deviation),
        "outcome": OUTCOMES[row.outcome]["it"],
        "kind": row.outcome.value,
    }


def _drawn(found: Month) -> Mapping[str, str]:
    """A line of the table with its bar, as wide as the share of 100."""
    month, n, share = found
    bar = "" if share is None else f"{share:.1f}"
    return {"name": _month(month), "n": whole(n), "share": _share(share), "bar": bar}


def _extremes(months: Sequence[Month]) -> str:
    """The best month and the hardest, in words; empty where there is nothing to compare."""
    known = [(share, month) for month, _, share in months if share is not None]
    if len(known) < 2:
        return ""
    (most, best), (least, hardest) = max(known), min(known)
    return (
        f"Il mese migliore è stato {_month(best)}, con {_share(most)} entro il tempo promesso;"
        f" il più difficile {_month(hardest)}, con {_share(least)}."
    )


def _month(month: str) -> str:
    year, number = month.split("-")
    return f"{MONTHS[int(number) - 1]} {year}"


def _share(value: float | None) -> str:
    return NOTHING if value is None else f"{value:.1f} %".replace(".", ",")


def _size(n: int) -> str:
    return f"{max(1, round(n / 1024))} kB"
