"""A new centre: its folder, its settings, its database with the first events."""

import secrets
from collections.abc import Mapping
from importlib.resources.abc import Traversable
from pathlib import Path

from sportello.centre import found
from sportello.charter_files import read
from sportello.charters import examples
from sportello.domain.charter import Charter, Site
from sportello.domain.events import CharterPublished
from sportello.domain.plan import plan_for
from sportello.i18n import Say
from sportello.ledger.access import Role
from sportello.ledger.db import Broken
from sportello.ledger.sqlite import migrate
from sportello.local import Ask, ok
from sportello.passwords import hash, typed_name, unfit_name, weakness
from sportello.timekeeping import Clock

SETTINGS = """\
# The settings of this box. docs/configuration.md explains each; «sportello serve» reads them at start.

[centre]
code = "{code}"              # stands on every event of this centre's log; never change it
database = "centre.db"       # beside this file
demo = {demo}                 # true marks every page and slip DEMO

[web]
host = "127.0.0.1"           # the address to listen at; 0.0.0.0 for the whole local network
port = 8080
names = []                   # further names the pages are asked for by, such as "centro.local"
screens = 64                 # live screens at once
phones = ""                  # where visitors' telephones reach this box: "http://192.168.1.10:8080"
https = false                # true behind a proxy that speaks HTTPS

# Slips go to the first printer. «virtual:» draws them as pictures, shown at /printers/ and kept in slips/.
# A real one at an address: uri = "tcp://192.168.1.50:9100", width = 576 dots (80 mm) or 384 (58 mm).
[[printers]]
name = "totem"
uri = "virtual:"
width = 576
"""


def charter_named(name: str) -> Charter:
    """An example charter by name, or a charter file by its path."""
    shipped: Mapping[str, Traversable] = examples()
    if name in shipped:
        return read(shipped[name].read_bytes(), f"{name}.toml")
    path = Path(name)
    if not path.is_file():
        raise Broken(f"there is no charter «{name}»: give a file, or one of {', '.join(shipped)}")
    return read(path.read_bytes(), path.name)


def site_of(charter: Charter, code: str | None) -> Site:
    """The site to found; the charter's first when none is named."""
    site = charter.site(code) if code else charter.sites[0]
    if site is None:
        raise Broken(f"the charter has no site «{code}»; it has {', '.join(one.code for one in charter.sites)}")
    return site


def init(
    folder: Path, charter: Charter, site: Site, clock: Clock, *, always_open: bool = False, demo: bool = False
) -> Path:
    """Found a centre in `folder`; the path of its centre.toml. Nothing that is there is overwritten."""
    settings = folder / "centre.toml"
    if settings.exists():
        raise Broken(f"{settings} is already there: choose another folder")
    folder.mkdir(parents=True, exist_ok=True)
    database = folder / "centre.db"
    migrate(database)
    plan = plan_for(charter, site, always_open=always_open)
    found(database, site.code, clock, plan, [CharterPublished(charter=charter)])
    database.chmod(0o600)
    key = folder / "secret.key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(32))
    settings.write_text(SETTINGS.format(code=site.code, demo=str(demo).lower()), encoding="utf-8")
    return settings


def admit(ask: Ask, name: str, role: Role, password: str, *, once: bool, say: Say = str) -> None:
    """Let somebody sign in; `Broken` says why when the name or the password is not good enough."""
    wrong = unfit_name(name) or weakness(password, name)
    if wrong:
        raise Broken(say(wrong))
    digest = hash(password)
    ok(ask({"do": "keep_person", "name": typed_name(name), "role": role.value, "password": digest, "once": once}))
