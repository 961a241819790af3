"""What a centre published about its standards: for everybody, without signing in, only once a manager published it."""

from mimetypes import guess_type

from flask import Blueprint, Response, abort, redirect, url_for
from flask.typing import ResponseReturnValue

from sportello import web
from sportello.ledger import publications
from sportello.ledger.publications import Publication
from sportello.reports.transparency import INDEX

blueprint = Blueprint("transparency", __name__, url_prefix="/trasparenza")
KINDS = {".ttl": "text/turtle", ".jsonld": "application/ld+json", ".csv": "text/csv"}


@blueprint.get("")
def door() -> ResponseReturnValue:
    """With a stroke at the end, so that the page's links are beside it."""
    return redirect(url_for("transparency.newest"))


@blueprint.get("/")
@blueprint.get("/<name>")
def newest(name: str = INDEX) -> ResponseReturnValue:
    """The page of the newest period, and its files, byte for byte as published."""
    with web.reading() as db:
        published = publications.publications(db, web.centre().code)
    return sent(published[0], name) if published else abort(404)


@blueprint.get("/<int:year>/<int:version>/")
@blueprint.get("/<int:year>/<int:version>/<name>")
def version(year: int, version: int, name: str = INDEX) -> ResponseReturnValue:
    """An older period, or an older version of one: nothing that was published is taken back."""
    with web.reading() as db:
        published = publications.publications(db, web.centre().code)
    found = next((one for one in published if (one.last.year, one.version) == (year, version)), None)
    return sent(found, name) if found else abort(404)


def sent(published: Publication, name: str) -> ResponseReturnValue:
    """A published file."""
    with web.reading() as db:
        content = publications.content(db, web.centre().code, published, name)
    if content is None:
        abort(404)
    suffix = name[name.rfind(".") :]
    kind = KINDS.get(suffix) or guess_type(name)[0] or "application/octet-stream"
    charset = "; charset=utf-8" if kind.startswith("text/") else ""
    return Response(content, content_type=kind + charset, headers={"Cache-Control": "no-cache"})
