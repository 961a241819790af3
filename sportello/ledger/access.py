"""Who may enter: people with a password, programs with a token. Only digests are kept."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from sportello.ledger.db import Db, row


class Role(StrEnum):
    """What a person or a token may do; each includes reading the board."""

    KIOSK = "kiosk"
    CLERK = "clerk"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True, kw_only=True)
class Person:
    name: str
    role: Role
    password: str  # argon2 digest
    once: bool  # the password must be changed at the first sign-in


@dataclass(frozen=True, slots=True, kw_only=True)
class Token:
    digest: str
    name: str
    role: Role


def digest(token: str) -> str:
    """What is kept of a token. Tokens are random and long: one SHA-256 is enough."""
    return hashlib.sha256(token.encode()).hexdigest()


def person(db: Db, name: str) -> Person | None:
    found = row(
        db,
        "SELECT name, role, password, once FROM person WHERE name = :name AND disabled = 0",
        {"name": name},
    )
    if found is None:
        return None
    return Person(
        name=found["name"],
        role=Role(found["role"]),
        password=found["password"],
        once=bool(found["once"]),
    )


def people(db: Db) -> list[tuple[str, Role]]:
    """Names and roles of those who may sign in."""
    found = db.rows("SELECT name, role FROM person WHERE disabled = 0 ORDER BY name")
    return [(one["name"], Role(one["role"])) for one in found]


def keep_person(db: Db, one: Person, now_ms: int) -> None:
    """Add a person, or change their role and password."""
    db.run(
        """INSERT INTO person (name, role, password, created_ms, once, disabled)
           VALUES (:name, :role, :password, :now, :once, 0)
           ON CONFLICT (name) DO UPDATE SET role = excluded.role, password = excluded.password,
               once = excluded.once, disabled = 0""",
        {
            "name": one.name,
            "role": one.role.value,
            "password": one.password,
            "now": now_ms,
            "once": int(one.once),
        },
    )


def disable_person(db: Db, name: str) -> bool:
    """Close the door to somebody; whether they were there."""
    return db.run("UPDATE person SET disabled = 1 WHERE name = :name AND disabled = 0", {"name": name}) == 1


def keep_token(db: Db, token: Token, now_ms: int) -> None:
    """Add a token; one of the same name is revoked by it."""
    revoke_token(db, token.name, now_ms)
    db.run(
        """INSERT INTO token (digest, name, role, created_ms, revoked_ms)
           VALUES (:digest, :name, :role, :now, NULL)""",
        {"digest": token.digest, "name": token.name, "role": token.role.value, "now": now_ms},
    )


def revoke_token(db: Db, name: str, now_ms: int) -> bool:
    """Take a token back; whether there was one."""
    return (
        db.run(
            "UPDATE token SET revoked_ms = :now WHERE name = :name AND revoked_ms IS NULL",
            {"name": name, "now": now_ms},
        )
        > 0
    )


def token(db: Db, digest: str) -> Token | None:
    """The token of this digest, if it is in force."""
    found = row(db, "SELECT name, role FROM token WHERE digest = :digest AND revoked_ms IS NULL", {"digest": digest})
    return Token(digest=digest, name=found["name"], role=Role(found["role"])) if found else None


def tokens(db: Db) -> Mapping[str, Token]:
    """The tokens in force, by digest."""
    found = db.rows("SELECT digest, name, role FROM token WHERE revoked_ms IS NULL ORDER BY name")
    return {one["digest"]: Token(digest=one["digest"], name=one["name"], role=Role(one["role"])) for one in found}
