"""What the open data are, as portals read it: DCAT-AP_IT."""

from collections.abc import Iterator, Mapping, Sequence

from sportello.rdf import Iri, Thing, Typed
from sportello.reports.opendata import Table
from sportello.reports.verification import Verification

THEMES = "http://publications.europa.eu/resource/authority/data-theme"
FREQUENCY = Iri("http://publications.europa.eu/resource/authority/frequency/ANNUAL")
CSV = Iri("http://publications.europa.eu/resource/authority/file-type/CSV")
ITALIAN = Iri("http://publications.europa.eu/resource/authority/language/ITA")
LICENCE = Iri("https://creativecommons.org/licenses/by/4.0/")
UNKNOWN = "non indicato"
HERE, HOLDER = Iri("#catalogo"), Iri("#titolare")


def things(found: Verification, tables: Sequence[Table], digests: Mapping[str, str]) -> Iterator[Thing]:
    """Catalogue, holder, licence, and each table with its file. Addresses are beside the file that says it."""
    modified = ("dct:modified", found.last)
    office = found.administration or found.name
    yield Thing(
        name=HERE,
        kinds=("dcatapit:Catalog", "dcat:Catalog"),
        said=(
            ("dct:title", {"it": f"Qualità dei servizi: {found.name}"}),
            ("dct:description", {"it": f"Standard di qualità e attese di {found.name}, {office}"}),
            ("dct:publisher", HOLDER),
            ("dct:language", ITALIAN),
            ("dcat:themeTaxonomy", Iri(THEMES)),
            modified,
            *(("dcat:dataset", _dataset(table)) for table in tables),
        ),
    )
    yield Thing(
        name=HOLDER,
        kinds=("dcatapit:Agent", "foaf:Agent"),
        said=(("foaf:name", {"it": office}), ("dct:identifier", found.remarks.ipa or UNKNOWN)),
    )
    yield Thing(
        name=LICENCE,
        kinds=("dcatapit:LicenseDocument", "dct:LicenseDocument"),
        said=(
            ("dct:type", Iri("http://purl.org/adms/licencetype/Attribution")),
            ("foaf:name", {"it": "Creative Commons Attribuzione 4.0 Internazionale (CC BY 4.0)"}),
        ),
    )
    for table in tables:
        yield from _of_table(found, table, digests[table.file])


def _dataset(table: Table) -> Iri:
    return Iri("#" + table.file.removesuffix(".csv"))


def _of_table(found: Verification, table: Table, digest: str) -> Iterator[Thing]:
    file, name = Iri(table.file), table.file.removesuffix(".csv")
    sum_of_file = Iri(f"#{name}-sha256")
    mark = " Valori dimostrativi, non adottati con un atto." if found.demonstrative else ""
    yield Thing(
        name=_dataset(table),
        kinds=("dcatapit:Dataset", "dcat:Dataset"),
        said=(
            ("dct:identifier", f"{found.centre}:{name}:{found.first}:{found.last}"),
            ("dct:title", {"it": f"{table.title}, {found.name}"}),
            ("dct:description", {"it": f"{table.about} Dal {found.first:%d/%m/%Y} al {found.last:%d/%m/%Y}.{mark}"}),
            ("dct:modified", found.last),
            ("dcat:theme", Iri(f"{THEMES}/GOVE")),
            ("dcat:theme", Iri(f"{THEMES}/SOCI")),
            ("dct:rightsHolder", HOLDER),
            ("dct:publisher", HOLDER),
            ("dct:language", ITALIAN),
            ("dct:accrualPeriodicity", FREQUENCY),
            ("dcat:distribution", Iri(f"#{name}-csv")),
        ),
    )
    yield Thing(
        name=Iri(f"#{name}-csv"),
        kinds=("dcatapit:Distribution", "dcat:Distribution"),
        said=(
            ("dct:title", {"it": table.title}),
            ("dct:format", CSV),
            ("dct:license", LICENCE),
            ("dcat:accessURL", file),
            ("dcat:downloadURL", file),
            ("spdx:checksum", sum_of_file),
        ),
    )
    yield Thing(
        name=sum_of_file,
        kinds=("spdx:Checksum",),
        said=(
            ("spdx:algorithm", Iri("http://spdx.org/rdf/terms#checksumAlgorithm_sha256")),
            ("spdx:checksumValue", Typed(digest, "xsd:hexBinary")),
        ),
    )
