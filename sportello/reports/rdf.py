"""Statements about data, once as Turtle and once as JSON-LD."""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

PREFIXES: Mapping[str, str] = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Iri:
    """A thing by its address; one without a scheme is beside the file that speaks of it."""

    address: str


@dataclass(frozen=True, slots=True)
class Literal:
    """A text in Italian, or a value of an XSD type."""

    text: str
    kind: str = ""  # such as "xsd:date"; "" is a text in Italian


@dataclass(frozen=True, slots=True)
class Subject:
    """What is spoken of, and the statements about it: predicate and object."""

    iri: Iri
    kinds: Sequence[str]
    about: Sequence[tuple[str, Iri | Literal]]


def turtle(subjects: Iterable[Subject]) -> bytes:
    heads = [f"@prefix {name}: <{space}> ." for name, space in PREFIXES.items()]
    return ("\n".join([*heads, "", *map(_paragraph, subjects)]) + "\n").encode()


def _paragraph(subject: Subject) -> str:
    said = [f"a {', '.join(subject.kinds)}", *(f"{name} {_written(value)}" for name, value in subject.about)]
    return f"<{subject.iri.address}> " + " ;\n    ".join(said) + " .\n"


def _written(value: Iri | Literal) -> str:
    if isinstance(value, Iri):
        return f"<{value.address}>"
    text = json.dumps(value.text, ensure_ascii=False)
    return f"{text}^^{value.kind}" if value.kind else f"{text}@it"


def json_ld(subjects: Iterable[Subject]) -> bytes:
    graph = [
        {"@id": one.iri.address, "@type": list(one.kinds), **_properties(one.about)} for one in subjects
    ]  # fmt: skip
    text = json.dumps({"@context": dict(PREFIXES), "@graph": graph}, ensure_ascii=False, indent=1)
    return (text + "\n").encode()


def _properties(about: Sequence[tuple[str, Iri | Literal]]) -> Mapping[str, object]:
    found: dict[str, list[object]] = {}
    for name, value in about:
        found.setdefault(name, []).append(_value(value))
    return found


def _value(value: Iri | Literal) -> Mapping[str, str]:
    if isinstance(value, Iri):
        return {"@id": value.address}
    return {"@value": value.text, "@type": value.kind} if value.kind else {"@value": value.text, "@language": "it"}
