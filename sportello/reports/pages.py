"""Pages that stand alone: no script, no other host, a style sheet beside them."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from sportello.reports.paper import TEMPLATES


@cache
def _shelf() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def page(template: str, texts: Mapping[str, Any]) -> bytes:
    """The page with these texts in it, in UTF-8."""
    return _shelf().get_template(f"{template}.html").render(texts).encode()


def style_sheet() -> bytes:
    return (TEMPLATES / "pages.css").read_bytes()
