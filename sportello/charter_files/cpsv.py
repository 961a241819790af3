"""A charter as linked data in the Italian profile of public services (CPSV-AP_IT), as Turtle or JSON-LD.

One graph: the charter and its act, the administration, each sheet as a `PublicService`, each standard as a `Rule` the
service complies with, each site as the place where it is given. What is demonstrative says so in `dct:provenance`.
"""

from collections.abc import Iterator
from urllib.parse import quote

from sportello.charter_words import PROVENANCES
from sportello.domain.charter import Charter, Provenance, Sheet, Site, Standard
from sportello.rdf import Iri, Thing, Value


def things(charter: Charter, base: str) -> list[Thing]:
    """Everything a charter says, under names that begin with `base`; each thing once, however many speak of it."""
    name = _Names(base.rstrip("/") + f"/{quote(charter.code)}/{quote(charter.version)}")
    return list({thing.name: thing for thing in _things(charter, name)}.values())


def _things(charter: Charter, name: "_Names") -> Iterator[Thing]:
    yield from _frame(charter, name)
    for sheet in charter.sheets:
        yield from _service(charter, sheet, name)
    for standard in charter.standards:
        yield _rule(standard, name)
    for site in charter.sites:
        yield from _place(site, name)
    for provenance in Provenance:
        label = {"it": PROVENANCES[provenance], "en": provenance.value}
        statement = name("provenance", provenance)
        yield Thing(name=statement, kinds=("dct:ProvenanceStatement",), said=[("rdfs:label", label)])


class _Names:
    """Names of things of one charter version."""

    def __init__(self, root: str) -> None:
        self.root = root

    def __call__(self, *path: str) -> Iri:
        return Iri("/".join([self.root, *(quote(part, safe="") for part in path)]))


def _frame(charter: Charter, name: _Names) -> Iterator[Thing]:
    act = " ".join(filter(None, [charter.act.kind, charter.act.number]))
    said: list[tuple[str, Value]] = [
        ("l0:name", {"it": charter.title}),
        ("l0:identifier", charter.id),
        ("dct:publisher", name("administration")),
        ("dct:valid", charter.valid_from),
        ("dct:provenance", name("provenance", charter.provenance)),
        *(("dct:hasPart", name("service", sheet.code)) for sheet in charter.sheets),
        *([("dct:source", charter.source)] if charter.source else []),
    ]
    if act or charter.act.date:
        said.append(("dct:references", name("act")))
        dated: list[tuple[str, Value]] = [("dct:issued", charter.act.date)] if charter.act.date else []
        yield Thing(name=name("act"), kinds=("cpsv:FormalFramework",), said=[("l0:name", {"it": act or "–"}), *dated])
    yield Thing(name=Iri(name.root), kinds=("l0:Object", "dct:Standard"), said=said)
    legal: list[tuple[str, Value]] = [("cov:legalName", {"it": charter.administration})]
    yield Thing(name=name("administration"), kinds=("cov:PublicOrganization",), said=legal)
    for area in charter.areas:
        yield Thing(name=name("area", area.code), kinds=("skos:Concept",), said=[("skos:prefLabel", area.title)])


def _service(charter: Charter, sheet: Sheet, name: _Names) -> Iterator[Thing]:
    bring: list[tuple[str, Value]] = [("cpsv:hasInput", name("input", sheet.code))] if sheet.bring.get("it") else []
    places = [one.code for one in charter.sites if sheet.code in one.services]
    rules = [one for one in charter.standards if _speaks_of(one, sheet)]
    yield Thing(
        name=name("service", sheet.code),
        kinds=("cpsv:PublicService",),
        said=[
            ("l0:name", sheet.title),
            ("l0:identifier", sheet.code),
            ("l0:description", sheet.what),
            ("dct:audience", name("audience", sheet.code)),
            ("dct:type", name("area", sheet.area)),
            ("cpsv:producesOutput", name("output", sheet.code)),
            *bring,
            *(("cpsv:hasChannel", name("channel", mode)) for mode in sheet.modes),
            *(("cpsv:isPhysicallyAvailableAt", name("site", one)) for one in places),
            *(("cpsv:isCompliantWithRule", name("standard", one.code)) for one in rules),
            *(("dct:subject", lep) for lep in sheet.lep),
            *([("dct:source", sheet.source)] if sheet.source else []),
            ("dct:provenance", name("provenance", sheet.provenance)),
        ],
    )
    yield Thing(name=name("audience", sheet.code), kinds=("dct:AgentClass",), said=[("rdfs:label", sheet.who_for)])
    yield Thing(name=name("output", sheet.code), kinds=("cpsv:Output",),
                said=[("l0:name", sheet.title), ("l0:description", sheet.how)])  # fmt: skip
    if bring:
        yield Thing(name=name("input", sheet.code), kinds=("cpsv:Input",), said=[("l0:name", sheet.bring)])
    for mode in sheet.modes:
        yield Thing(name=name("channel", mode), kinds=("cpsv:Channel",), said=[("l0:identifier", mode.value)])


def _speaks_of(standard: Standard, sheet: Sheet) -> bool:
    return (not standard.services or sheet.code in standard.services) and (
        not standard.areas or sheet.area in standard.areas
    )


def _rule(standard: Standard, name: _Names) -> Thing:
    return Thing(
        name=name("standard", standard.code),
        kinds=("cpsv:Rule",),
        said=[
            ("l0:name", standard.title),
            ("l0:identifier", standard.code),
            ("l0:description", {"it": f"{standard.programmed} ({standard.formula})"}),
            ("dct:type", standard.dimension.value),
            ("dct:provenance", name("provenance", standard.provenance)),
        ],
    )


def _place(site: Site, name: _Names) -> Iterator[Thing]:
    yield Thing(
        name=name("site", site.code),
        kinds=("clv:Feature",),
        said=[
            ("l0:name", {"it": site.name}),
            ("l0:identifier", site.code),
            ("clv:hasAddress", name("address", site.code)),
            ("dct:provenance", name("provenance", site.provenance)),
        ],
    )
    full: list[tuple[str, Value]] = [("clv:fullAddress", {"it": site.address})]
    yield Thing(name=name("address", site.code), kinds=("clv:Address",), said=full)
