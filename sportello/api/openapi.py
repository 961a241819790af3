"""What the framework cannot see of the API, added to its OpenAPI document: keys, refusals, rights, media types."""

from typing import Any

from apiflask import APIFlask, Schema
from apiflask.fields import Dict, Integer, String

from sportello.domain.errors import Reason

Document = dict[str, Any]
PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
KEY: Document = {
    "in": "header",
    "name": "Idempotency-Key",
    "description": "A text of your own for this act: sent again with the same key, it does not happen twice.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 200},
}
DESCRIPTION = """The queue of one centre. Shown call by call in docs/api.md.

A manager's token may do what a clerk's may, a clerk's what a kiosk's may. Refusals are problem details (RFC 9457)
with a `code`; `Accept-Language` chooses the language of sentences."""


class Problem(Schema):
    """RFC 9457. `code` and `about` where the centre refused; `errors` where a field is missing or wrong."""

    type = String(required=True)
    title = String(required=True)
    status = Integer(required=True)
    detail = String(metadata={"description": "a sentence for people"})
    code = String(metadata={"description": "why the centre refused", "enum": [reason.value for reason in Reason]})
    about = String(metadata={"description": "the number, counter or service a refusal speaks of"})
    errors = Dict(metadata={"description": "faults by place and field"})


Answers = dict[int | str, dict[str, str | Document]]


def answered(schema: type[Schema] | None, mimetype: str = "application/json") -> Answers:
    """Says what a view answers that makes its own text: no second pass over large answers."""
    return {200: {"description": "Successful response", "content": {mimetype: {"schema": schema} if schema else {}}}}


def describe(app: APIFlask) -> None:
    """Settle how the document of this application is made."""
    app.description = DESCRIPTION
    app.config.update(
        HTTP_ERROR_SCHEMA=Problem,
        VALIDATION_ERROR_SCHEMA=Problem,
        AUTO_SERVERS=False,  # the document is the same by whatever name the centre is asked
        AUTO_OPERATION_ID=True,
    )
    app.spec_processor(completed)


def completed(document: Document | str) -> Document | str:
    """The document with what holds for every operation."""
    assert not isinstance(document, str)  # it is JSON here; the framework could write YAML too
    for operations in document["paths"].values():
        for verb, operation in operations.items():
            answers = operation["responses"]
            answers |= _refusals(verb, operation)
            answers |= {code: told | {"content": PROBLEM} for code, told in answers.items() if code[0] in "45"}
            if verb == "post":
                operation["parameters"] = [*operation["parameters"], KEY]
    return document


def _refusals(verb: str, operation: Document) -> Document:
    """What the centre itself may answer to any operation of this kind."""
    rights = {"403": {"description": "The token's role may not do this."}} if operation.get("security") else {}
    writes = {"409": {"description": "Refused: `code` says why."}} if verb == "post" else {}
    return {**rights, **writes, "503": {"description": "The centre starts, stops or cannot write its file."}}
