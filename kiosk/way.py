"""The visitor's state, which stands in the address and nowhere else, and the one maker of links that carries it."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import request, url_for

from sportello import door, web
from sportello.i18n import DEFAULT

VIEWS = ("large", "contrast", "low")
LOUDEST = 5
USUAL = 3  # the volume at which the audio guide begins


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """How somebody wants the kiosk to be. The bare address is the state of a fresh start."""

    language: str = DEFAULT
    views: tuple[str, ...] = ()
    ear: int = 0  # the volume of the audio guide, 1 to LOUDEST; 0 is silence

    @property
    def kept(self) -> Mapping[str, Any]:
        """The words in an address; a fresh start needs none."""
        words = {"lang": self.language, "view": ".".join(self.views), "ear": self.ear}
        fresh = {"lang": DEFAULT, "view": "", "ear": 0}
        return {name: word for name, word in words.items() if word != fresh[name]}

    def with_view(self, view: str) -> "State":
        """A view on, or off again."""
        return replace(self, views=tuple(one for one in VIEWS if (one in self.views) != (one == view)))

    def with_ear(self, step: int) -> "State":
        return replace(self, ear=min(LOUDEST, max(0, step)))


def state() -> State:
    """How the visitor at this request wants it: from the address, or from the form that was sent."""
    asked = request.values.get("view", "").split(".")
    ear = request.values.get("ear", "")
    return State(
        language=web.language(),
        views=tuple(view for view in VIEWS if view in asked),
        ear=int(ear) if ear in tuple("12345") else 0,
    )


def way(endpoint: str, kept: State | None = None, **values: Any) -> str:
    """The address of a page of the kiosk, in the visitor's state."""
    return url_for(f"kiosk.{endpoint}", **values, **(kept or state()).kept)


def same_page(kept: State) -> str:
    """This page in another state; the start after a form was sent, which is not sent twice."""
    if request.method != "GET" or not (request.endpoint or "").startswith("kiosk."):
        return way("start", kept)
    came = {"back": came_from()} if "back" in request.args else {}
    return way((request.endpoint or "").removeprefix("kiosk."), kept, **(request.view_args or {}), **came)


def came_from() -> str:
    """The path of the page that asked for this one: kept by those that lead back."""
    return door.local_path(request.values.get("back", "").partition("?")[0]) or url_for("kiosk.start")


def back(kept: State | None = None) -> str:
    """The address of the page that asked for this one, in the visitor's state."""
    path = came_from()
    words = "&".join(f"{name}={word}" for name, word in (kept or state()).kept.items())
    return f"{path}?{words}" if words else path
