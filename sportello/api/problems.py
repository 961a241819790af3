"""What went wrong, as problem details (RFC 9457)."""

from apiflask.exceptions import HTTPError
from flask import Response, jsonify, request
from werkzeug.exceptions import HTTPException

from sportello.api.clients import language
from sportello.domain.errors import Reason, Refused
from sportello.i18n import sentence

UNREADABLE = "the body is not JSON"
DETAILS = {
    401: "a token is needed: «Authorization: Bearer …», made by «sportello token create»",
    403: "the role of this token may not do this",
}
ABSENT = {Reason.UNKNOWN_TICKET, Reason.UNKNOWN_COUNTER}


def asked() -> bool:
    """Whether a program asks, not a browser page."""
    return request.path.startswith("/api/") or request.path in ("/healthz", "/readyz")


def _problem(status: int, title: str, **more: object) -> Response:
    body = {"type": "about:blank", "title": title, "status": status, **more}
    answer = jsonify(body)
    answer.status_code = status
    answer.mimetype = "application/problem+json"
    return answer


def problem(refused: Refused) -> Response:
    """A refusal: 409 with its code; 404 where the address itself names what is not there."""
    text = sentence(refused, language())
    kind = f"urn:sportello:refused:{refused.code}"
    named = refused.detail in (request.view_args or {}).values()
    status = 404 if refused.reason in ABSENT and named else 409
    return _problem(status, refused.code, type=kind, detail=text, code=refused.code, about=refused.detail)


def invalid(fault: HTTPError) -> Response:
    """What the framework refuses: a field missing or wrong, no token, no right."""
    more: dict[str, object] = {"errors": fault.detail} if fault.detail else {}
    if fault.status_code in DETAILS:
        more["detail"] = DETAILS[fault.status_code]
    answer = _problem(fault.status_code, fault.message or "", **more)
    answer.headers.extend(fault.headers or {})
    return answer


def http_problem(fault: HTTPException) -> Response:
    told = UNREADABLE if fault.code == 400 else fault.description
    return _problem(fault.code or 500, fault.name, detail=told)


def unavailable(fault: Exception) -> Response:
    return _problem(503, "unavailable", detail="the ledger cannot be written now; see the log of the service")


def unexpected() -> Response:
    return _problem(500, "unexpected fault", detail="it is in the log of the service; nothing was recorded")
