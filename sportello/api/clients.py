"""Who asks, in which language, and under which key a command is done once."""

from typing import Any
from uuid import uuid4

from apiflask import APIBlueprint, HTTPTokenAuth
from apiflask.exceptions import HTTPError
from flask import request

from sportello.domain.commands import Command
from sportello.i18n import NAMES
from sportello.ledger import access
from sportello.ledger.access import Role, Token
from sportello.web import centre

PREFIX = "/api/v1"

blueprint = APIBlueprint("api", __name__, url_prefix=PREFIX, tag="Sportello")
auth = HTTPTokenAuth("Bearer", description="A token made by «sportello token create».")


@auth.verify_token  # type: ignore[untyped-decorator]
def verify(token: str) -> Token | None:
    return centre().token(access.digest(token))


@auth.get_user_roles  # type: ignore[untyped-decorator]
def roles(token: Token) -> list[str]:
    """A manager may do what a clerk may, a clerk what a kiosk may."""
    ladder = [Role.KIOSK, Role.CLERK, Role.MANAGER]
    return [role.value for role in ladder[: ladder.index(token.role) + 1]]


def language() -> str:
    return request.accept_languages.best_match(list(NAMES), "it") or "it"


def do(command: Command) -> Any:
    """Hand a command to the centre under the client's `Idempotency-Key`; the same key again happens once."""
    token = auth.current_user
    assert isinstance(token, Token)
    key = request.headers.get("Idempotency-Key") or uuid4().hex
    if not 1 <= len(key) <= 200:
        raise HTTPError(400, "Idempotency-Key: 1 to 200 characters")
    return centre().handle(command, actor=f"api:{token.name}", command_id=f"{token.name}:{key}")
