"""Statements about things, once as Turtle and once as JSON-LD."""

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from sportello.domain.charter import Text
from sportello.i18n import tag

SPACES: Mapping[str, str] = {
    "clv": "https://w3id.org/italia/onto/CLV/",
    "cov": "https://w3id.org/italia/onto/COV/",
    "cpsv": "https://w3id.org/italia/onto/CPSV/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dcatapit": "http://dati.gov.it/onto/dcatapit#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "l0": "https://w3id.org/italia/onto/l0/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "spdx": "http://spdx.org/rdf/terms#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}


@dataclass(frozen=True, slots=True)
class Iri:
    """A thing by its name; one without a scheme is beside the file that speaks of it."""

    name: str


@dataclass(frozen=True, slots=True)
class Typed:
    """A value of a type, such as `xsd:hexBinary`."""

    text: str
    kind: str


Value = Iri | Typed | Text | str | date


@dataclass(frozen=True, slots=True, kw_only=True)
class Thing:
    """A thing with its kinds and what is said of it; each property may be said several times."""

    name: Iri
    kinds: Sequence[str]
    said: Sequence[tuple[str, Value]] = field(default_factory=tuple)


def turtle(things: Iterable[Thing]) -> bytes:
    """Each thing in a paragraph, under the prefixes that they use."""
    paragraphs = list(map(_paragraph, things))
    used = [name for name in SPACES if any(f"{name}:" in one for one in paragraphs)]
    heads = [f"@prefix {name}: <{SPACES[name]}> ." for name in used]
    return ("\n\n".join(["\n".join(heads), *paragraphs]) + "\n").encode()


def _paragraph(thing: Thing) -> str:
    said = [f"a {', '.join(thing.kinds)}", *(f"{key} {one}" for key, value in thing.said for one in _objects(value))]
    return f"<{thing.name.name}> " + " ;\n    ".join(said) + " ."


def _objects(value: Value) -> Iterator[str]:
    match value:
        case Iri():
            yield f"<{value.name}>"
        case Typed():
            yield f"{_quoted(value.text)}^^{value.kind}"
        case date():
            yield f'"{value.isoformat()}"^^xsd:date'
        case str():
            yield _quoted(value)
        case _:
            yield from (f"{_quoted(text)}@{tag(language)}" for language, text in _texts(value))


def _quoted(text: str) -> str:
    """JSON's quotation is Turtle's too."""
    return json.dumps(text, ensure_ascii=False)


def _texts(text: Text) -> Iterator[tuple[str, str]]:
    """Easy Italian is Italian again to a reader of data: the ordinary text speaks for it."""
    return ((language, one) for language, one in text.items() if one and language != "it-facile")


def json_ld(things: Iterable[Thing]) -> bytes:
    """The same statements."""
    written = {"@context": SPACES, "@graph": list(map(_node, things))}
    return json.dumps(written, ensure_ascii=False, indent=1).encode() + b"\n"


def _node(thing: Thing) -> Mapping[str, object]:
    node: dict[str, object] = {"@id": thing.name.name, "@type": list(thing.kinds)}
    said: dict[str, list[object]] = {}
    for key, value in thing.said:
        said.setdefault(key, []).extend(_values(value))
    return node | said


def _values(value: Value) -> Iterator[object]:
    match value:
        case Iri():
            yield {"@id": value.name}
        case Typed():
            yield {"@value": value.text, "@type": value.kind}
        case date():
            yield {"@value": value.isoformat(), "@type": "xsd:date"}
        case str():
            yield value
        case _:
            yield from ({"@value": text, "@language": tag(language)} for language, text in _texts(value))
