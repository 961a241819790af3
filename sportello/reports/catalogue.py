"""What the open data are, as portals read it: DCAT-AP_IT."""

from collections.abc import Iterator, Mapping, Sequence

from sportello.reports.opendata import Table
from sportello.reports.rdf import Iri, Literal, Subject
from sportello.reports.verification import Verification

THEMES = "http://publications.europa.eu/resource/authority/data-theme"
FREQUENCY = Iri("http://publications.europa.eu/resource/authority/frequency/ANNUAL")
CSV = Iri("http://publications.europa.eu/resource/authority/file-type/CSV")
ITALIAN = Iri("http://publications.europa.eu/resource/authority/language/ITA")
LICENCE = Iri("https://creativecommons.org/licenses/by/4.0/")
UNKNOWN = "non indicato"
HERE, HOLDER = Iri("#catalogo"), Iri("#titolare")


def subjects(found: Verification, tables: Sequence[Table], digests: Mapping[str, str]) -> Iterator[Subject]:
    """Catalogue, holder, licence, and each table with its file. Addresses are beside the file that says it."""
    modified = ("dct:modified", Literal(found.last.isoformat(), "xsd:date"))
    office = found.administration or found.name
    yield Subject(
        HERE,
        ("dcatapit:Catalog", "dcat:Catalog"),
        (
            ("dct:title", Literal(f"Qualità dei servizi: {found.name}")),
            ("dct:description", Literal(f"Standard di qualità e attese di {found.name}, {office}")),
            ("dct:publisher", HOLDER),
            ("dct:language", ITALIAN),
            ("dcat:themeTaxonomy", Iri(THEMES)),
            modified,
            *(("dcat:dataset", _dataset(table)) for table in tables),
        ),
    )
    yield Subject(
        HOLDER,
        ("dcatapit:Agent", "foaf:Agent"),
        (("foaf:name", Literal(office)), ("dct:identifier", Literal(found.remarks.ipa or UNKNOWN, "xsd:string"))),
    )
    yield Subject(
        LICENCE,
        ("dcatapit:LicenseDocument", "dct:LicenseDocument"),
        (
            ("dct:type", Iri("http://purl.org/adms/licencetype/Attribution")),
            ("foaf:name", Literal("Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)")),
        ),
    )
    for table in tables:
        yield from _of_table(found, table, digests[table.file])


def _dataset(table: Table) -> Iri:
    return Iri("#" + table.file.removesuffix(".csv"))


def _of_table(found: Verification, table: Table, digest: str) -> Iterator[Subject]:
    file, name = Iri(table.file), table.file.removesuffix(".csv")
    sum_of_file = Iri(f"#{name}-sha256")
    mark = " Valori dimostrativi, non adottati con un atto." if found.demonstrative else ""
    yield Subject(
        _dataset(table),
        ("dcatapit:Dataset", "dcat:Dataset"),
        (
            ("dct:identifier", Literal(f"{found.centre}:{name}:{found.first}:{found.last}", "xsd:string")),
            ("dct:title", Literal(f"{table.title}, {found.name}")),
            ("dct:description", Literal(f"{table.about} Dal {found.first:%d/%m/%Y} al {found.last:%d/%m/%Y}.{mark}")),
            ("dct:modified", Literal(found.last.isoformat(), "xsd:date")),
            ("dcat:theme", Iri(f"{THEMES}/GOVE")),
            ("dcat:theme", Iri(f"{THEMES}/SOCI")),
            ("dct:rightsHolder", HOLDER),
            ("dct:publisher", HOLDER),
            ("dct:language", ITALIAN),
            ("dct:accrualPeriodicity", FREQUENCY),
            ("dcat:distribution", Iri(f"#{name}-csv")),
        ),
    )
    yield Subject(
        Iri(f"#{name}-csv"),
        ("dcatapit:Distribution", "dcat:Distribution"),
        (
            ("dct:title", Literal(table.title)),
            ("dct:format", CSV),
            ("dct:license", LICENCE),
            ("dcat:accessURL", file),
            ("dcat:downloadURL", file),
            ("spdx:checksum", sum_of_file),
        ),
    )
    yield Subject(
        sum_of_file,
        ("spdx:Checksum",),
        (
            ("spdx:algorithm", Iri("http://spdx.org/rdf/terms#checksumAlgorithm_sha256")),
            ("spdx:checksumValue", Literal(digest, "xsd:hexBinary")),
        ),
    )
