"""The command line as scripts know it (docs/cli.md), each command run as a process of its own."""

import json
import os
import re
import shutil
import signal
import sqlite3
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from http.client import HTTPResponse
from pathlib import Path
from typing import Any
from urllib.error import HTTPError

import click
import pytest
from click.testing import CliRunner

from sportello.cli import main
from tests.work.command_line import commands

PATIENCE_S = 20
Ended = subprocess.CompletedProcess[str]
Sportello = Callable[..., Ended]
MAP = "arrival=Arrivo,called=Chiamata,start=Inizio,end=Fine,service=Servizio,outcome=Esito"
VERIFICATION = ("verification.pdf", "verification.xlsx", "verification.ods", "verification.csv", "verification.html",
                "stile.css", "SHA256SUMS")  # fmt: skip
CHARTERS = Path(__file__).parents[2] / "charters"


def command(*words: object) -> list[str]:
    return [sys.executable, "-m", "sportello", *map(str, words)]


def sportello(*words: object, typed: str = "") -> Ended:
    """Run a command to its end, with nobody at the keyboard unless something is `typed`."""
    environment = {**os.environ, "LC_ALL": "it_IT.UTF-8"}
    return subprocess.run(
        command(*words), input=typed, capture_output=True, text=True, timeout=PATIENCE_S, env=environment
    )


@pytest.fixture(scope="module")
def founded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A centre nobody has touched since it was founded; tests work on copies."""
    folder = tmp_path_factory.mktemp("founded") / "centre"
    ended = sportello("init", folder, "--charter", "como", "--site", "cpi-como", "--always-open")
    assert ended.returncode == 0, ended.stderr
    return folder


@pytest.fixture
def folder(founded: Path, tmp_path: Path) -> Path:
    return Path(shutil.copytree(founded, tmp_path / "centre"))


@pytest.fixture
def here(folder: Path) -> Sportello:
    """Commands on the centre of this test."""

    def run(*words: object, typed: str = "") -> Ended:
        return sportello(*words, "--config", folder / "centre.toml", typed=typed)

    return run


@contextmanager
def served(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """The centre as a service, from its «ready» on; and its address."""
    words = command("serve", "--config", folder / "centre.toml", "--port", "0", *more)
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        ready = process.stdout.readline()
        assert re.fullmatch(r"ready http://127\.0\.0\.1:\d+\n", ready), process.communicate()
        yield process, ready.split()[1]
    finally:
        process.kill()
        process.communicate()


def ask(address: str, token: str, path: str, body: Any = None) -> tuple[int, Any]:
    """Ask the API; the status and the answer."""
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
    sent = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(f"{address}/api/v1{path}", data=sent, headers=headers)
    try:
        answer: HTTPResponse = urllib.request.urlopen(request, timeout=PATIENCE_S)
    except HTTPError as refused:
        with refused:
            return refused.code, json.loads(refused.read() or b"null")
    with answer:
        return answer.status, json.loads(answer.read() or b"null")


# --- founding ------------------------------------------------------------------------------------


def test_init_asks_nothing_and_writes_the_settings(tmp_path: Path) -> None:
    ended = sportello("init", tmp_path / "new", "--charter", "como", "--site", "cpi-como")
    assert (ended.returncode, ended.stdout) == (0, "")
    settings = (tmp_path / "new" / "centre.toml").read_text(encoding="utf-8")
    assert 'code = "cpi-como"' in settings
    assert settings.startswith("#")


def test_what_init_writes_is_for_its_owner_alone(founded: Path) -> None:
    for name in ("centre.db", "secret.key"):
        assert stat.S_IMODE((founded / name).stat().st_mode) == 0o600


def test_init_overwrites_nothing(founded: Path) -> None:
    before = (founded / "centre.db").read_bytes()
    ended = sportello("init", founded, "--charter", "toscana")
    assert ended.returncode == 1
    assert "is already there" in ended.stderr
    assert (founded / "centre.db").read_bytes() == before


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--charter", "atlantide"), "there is no charter «atlantide»: give a file, or one of como, toscana"),
        (("--charter", "como", "--site", "cpi-roma"), "the charter has no site «cpi-roma»; it has cpi-como,"),
    ],
)
def test_init_says_which_charters_and_sites_there_are(tmp_path: Path, words: tuple[str, ...], said: str) -> None:
    ended = sportello("init", tmp_path / "new", *words)
    assert ended.returncode == 1
    assert said in ended.stderr
    assert not (tmp_path / "new").exists()


def test_a_new_centre_is_open_for_its_calendar(tmp_path: Path) -> None:
    sportello("init", tmp_path / "new", "--charter", "como", "--site", "cpi-como")
    database = sqlite3.connect(tmp_path / "new" / "centre.db")
    (plan,) = database.execute("SELECT data FROM plan").fetchone()
    database.close()
    assert json.loads(plan)["always_open"] is False
    assert set(json.loads(plan)["hours"]) == {"mon", "tue", "wed", "thu", "fri"}


# --- tokens and people ---------------------------------------------------------------------------


def test_token_create_prints_the_token_and_nothing_else(here: Sportello) -> None:
    ended = here("token", "create", "--role", "kiosk", "--name", "totem")
    assert (ended.returncode, ended.stderr) == (0, "")
    assert re.fullmatch(r"[\w-]{43}\n", ended.stdout)


def test_a_token_opens_a_running_service_and_is_taken_back(folder: Path, here: Sportello) -> None:
    with served(folder, "--no-print") as (_, address):
        token = here("token", "create", "--role", "kiosk", "--name", "totem").stdout.strip()
        assert ask(address, token, "/services")[0] == 200
        assert here("token", "list").stdout == "kiosk    totem\n"
        assert here("token", "revoke", "--name", "totem").returncode == 0
        assert ask(address, token, "/services")[0] == 401
    again = here("token", "revoke", "--name", "totem")
    assert (again.returncode, "no token is called «totem»" in again.stderr) == (1, True)


def test_the_same_name_again_replaces_the_token(folder: Path, here: Sportello) -> None:
    old, new = (here("token", "create", "--role", "clerk", "--name", "crm").stdout.strip() for _ in range(2))
    with served(folder, "--no-print") as (_, address):
        assert ask(address, old, "/board")[0] == 401
        assert ask(address, new, "/board")[0] == 200


def test_people_come_and_go(here: Sportello) -> None:
    once = here("user", "add", "anna", "--role", "manager", "--one-time")
    assert re.fullmatch(r"\w{5}(-\w{5}){3}\n", once.stdout)
    typed = "quattro parole a caso\n" * 2
    assert here("user", "add", "bruno", "--role", "clerk", typed=typed).returncode == 0
    assert here("user", "list").stdout == "manager  anna\nclerk    bruno\n"
    assert here("user", "disable", "anna").returncode == 0
    assert here("user", "list").stdout == "clerk    bruno\n"
    gone = here("user", "disable", "anna")
    assert (gone.returncode, "nobody is called «anna»" in gone.stderr) == (1, True)


@pytest.mark.parametrize("name", ["<script>", "x", "a" * 41, "anna\nbruno"])
def test_nobody_is_called_what_the_pages_would_refuse(here: Sportello, name: str) -> None:
    ended = here("user", "add", name, "--role", "clerk", "--one-time")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert re.search(r"Il nome ha da 2 a 40 caratteri|Nel nome vanno lettere", ended.stderr)


def test_a_weak_password_is_refused_with_the_reason(here: Sportello) -> None:
    ended = here("user", "add", "anna", "--role", "clerk", typed="corta\n" * 2)
    assert ended.returncode == 1
    assert "La password ha meno di 12 caratteri" in ended.stderr


# --- serving -------------------------------------------------------------------------------------


def test_serve_says_ready_takes_requests_and_stops_cleanly(folder: Path, here: Sportello) -> None:
    token = here("token", "create", "--role", "clerk", "--name", "test").stdout.strip()
    with served(folder) as (process, address):
        status, ticket = ask(address, token, "/tickets", {"service": "A01"})
        assert (status, ticket["number"]) == (201, "H001")
        assert (folder / "centre.sock").exists()
        asked = time.monotonic()
        process.send_signal(signal.SIGTERM)
        assert process.wait(PATIENCE_S) == 0
        assert time.monotonic() - asked < 5
    assert not (folder / "centre.sock").exists()
    assert here("verify").returncode == 0
    assert here("day", "show").stdout.endswith(": open, 1 numbers, 1 waiting\n")


def test_the_print_worker_draws_the_slip_and_ends_with_the_service(folder: Path, here: Sportello) -> None:
    token = here("token", "create", "--role", "kiosk", "--name", "test").stdout.strip()
    with served(folder) as (process, address):
        _, ticket = ask(address, token, "/tickets", {"service": "A01"})
        path = f"/tickets/{ticket['id']}"
        assert until(lambda: ask(address, token, path)[1]["print"]["state"] in ("sent", "confirmed"))
        assert list((folder / "slips").glob("*.png"))
        process.send_signal(signal.SIGTERM)
        process.wait(PATIENCE_S)
    assert until(lambda: not workers(folder))


def workers(folder: Path) -> list[str]:
    """The processes that still print for this centre."""
    told = subprocess.run(["ps", "-eo", "args"], capture_output=True, text=True, check=True).stdout
    return [line for line in told.splitlines() if "print" in line and str(folder) in line]


def until(true: Callable[[], bool]) -> bool:
    """Whether it becomes true before patience ends."""
    deadline = time.monotonic() + PATIENCE_S
    while not true():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.05)
    return True


def test_a_port_in_use_is_said_and_nothing_is_touched(folder: Path, tmp_path: Path) -> None:
    other = Path(shutil.copytree(folder, tmp_path / "other"))
    with served(folder, "--no-print") as (_, address):
        port = address.rpartition(":")[2]
        ended = sportello("serve", "--config", other / "centre.toml", "--port", port)
        assert (ended.returncode, ended.stdout) == (1, "")
        assert f"cannot listen at 127.0.0.1:{port}" in ended.stderr
        assert "choose another port with --port" in ended.stderr
        assert urllib.request.urlopen(f"{address}/healthz").status == 200


def test_one_centre_is_served_once(folder: Path) -> None:
    with served(folder, "--no-print"):
        ended = sportello("serve", "--config", folder / "centre.toml", "--port", "0")
    assert ended.returncode == 1
    assert "is in use by another" in ended.stderr


def test_commands_reach_the_running_service(folder: Path, here: Sportello) -> None:
    with served(folder, "--no-print") as (_, address):
        token = here("token", "create", "--role", "manager", "--name", "test").stdout.strip()
        until(lambda: ask(address, token, "/board")[1]["open"])
        assert here("day", "close").returncode == 0
        assert ask(address, token, "/board")[1]["open"] is False
        assert here("rebuild").returncode == 1  # the service holds the file


# --- what every command says when something is wrong ----------------------------------------------


NEEDED = {"backup": ("x",), "import": (__file__, "--map", MAP), "token create": ("--role", "kiosk", "--name", "x"),
          "token revoke": ("--name", "x"), "user add": ("x", "--role", "clerk"), "user disable": ("x",),
          "charter adopt": ("como",), "charter export": ("2026-1", "--form", "toml"),
          "what-if": ("--rule", "fifo"), "printer reprint": ("A001",), "printer roll-changed": ("totem",),
          "printer probe": ("totem",), "printer test-page": ("totem",),
          "verification": ("--year", "2026", "--out", "x"),
          "evidence": ("--day", "2026-03-05", "--out", "x")}  # fmt: skip
ON_A_CENTRE = [path for path, one in commands() if any(parameter.name == "settings" for parameter in one.params)]


@pytest.mark.parametrize("path", ON_A_CENTRE, ids=" ".join)
def test_a_missing_centre_is_told_with_what_to_do(tmp_path: Path, path: tuple[str, ...]) -> None:
    settings = tmp_path / "centre.toml"
    words = [*path, *NEEDED.get(" ".join(path), ()), "--config", str(settings)]
    ended = CliRunner().invoke(main, words)
    assert (ended.exit_code, ended.stdout) == (1, "")
    assert ended.stderr == f"Error: {settings} does not exist: make a centre with «sportello init»\n"


@pytest.mark.parametrize(
    "words",
    [
        ("nonsense",),
        ("init",),
        ("init", "x"),
        ("token", "create", "--name", "x"),
        ("token", "create", "--name", "x", "--role", "king"),
        ("serve", "--port", "eighty"),
        ("serve", "--port", "70000"),
        ("report", "--by", "mood"),
        ("report", "--from", "yesterday"),
        ("import", "nowhere.csv", "--map", MAP),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_code_2(words: tuple[str, ...]) -> None:
    ended = CliRunner().invoke(main, words)
    assert (ended.exit_code, ended.stdout) == (2, "")
    assert "Usage:" in ended.stderr
    assert "Error:" in ended.stderr


@pytest.mark.parametrize(
    ("path", "one"), [*commands()], ids=lambda value: " ".join(value) if isinstance(value, tuple) else ""
)
def test_every_command_and_option_explains_itself(path: tuple[str, ...], one: click.Command) -> None:
    assert one.help
    assert one.get_short_help_str(limit=80)[-3:] != "...", "the first sentence is too long for the list of commands"
    for parameter in one.params:
        if isinstance(parameter, click.Option) and not parameter.hidden:
            assert parameter.help, f"{' '.join(path)} {parameter.opts[0]} has no help"


def test_faulty_settings_are_told_all_at_once(folder: Path, here: Sportello) -> None:
    (folder / "centre.toml").write_text('[centre]\ncode = 7\n[web]\nport = "x"\nhosts = "y"\n', encoding="utf-8")
    ended = here("verify")
    assert ended.returncode == 1
    for part in ("[centre] code is missing", "[web] port is a number", "[web] hosts is not known"):
        assert part in ended.stderr


# --- the ledger ----------------------------------------------------------------------------------


def test_verify_says_whole_and_names_the_first_bad_event(folder: Path, here: Sportello) -> None:
    assert here("verify").stdout == "3 events, chain and file whole\n"
    database = sqlite3.connect(folder / "centre.db")
    with database:
        database.execute("UPDATE event SET actor = 'somebody' WHERE seq = 2")
    database.close()
    ended = here("verify")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "first bad event: epoch 1, seq 2 (CharterPublished)" in ended.stderr


def test_a_damaged_file_is_a_sentence_not_a_traceback(folder: Path, here: Sportello) -> None:
    (folder / "centre.db").write_bytes(b"this is no database" * 1000)
    for words in (("verify",), ("serve", "--port", "0"), ("day", "show"), ("rebuild",)):
        ended = here(*words)
        assert ended.returncode == 1
        assert "Traceback" not in ended.stderr
        assert "is damaged" in ended.stderr
        assert "restore the newest backup" in ended.stderr


def test_migrate_has_nothing_to_do_on_a_new_centre(here: Sportello) -> None:
    assert here("migrate").stdout == "nothing to do\n"


def test_rebuild_makes_the_same_tables_again(folder: Path, here: Sportello) -> None:
    here("day", "open")
    before = rows(folder)
    ended = here("rebuild")
    assert ended.stdout.endswith(" events, read tables made again\n")
    assert rows(folder) == before


def rows(folder: Path) -> list[Any]:
    database = sqlite3.connect(folder / "centre.db")
    found = [database.execute(f"SELECT * FROM {table}").fetchall() for table in ("service_day", "plan", "charter")]
    database.close()
    return found


def test_a_backup_is_taken_while_the_service_runs_and_can_be_served(folder: Path, here: Sportello) -> None:
    copy = folder / "copy.db"
    with served(folder, "--no-print"):
        ended = here("backup", copy)
    assert re.fullmatch(rf"{re.escape(str(copy))}: \d+ events, chain and file whole\n", ended.stdout)
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    again = here("backup", copy)
    assert (again.returncode, "is already there" in again.stderr) == (1, True)
    nowhere = here("backup", folder / "no" / "copy.db")
    assert (nowhere.returncode, "is not a folder: make it first" in nowhere.stderr) == (1, True)
    (folder / "centre.toml").write_text('[centre]\ncode = "cpi-como"\ndatabase = "copy.db"\n', encoding="utf-8")
    assert here("verify").returncode == 0


# --- charter, day, history -----------------------------------------------------------------------


@pytest.fixture
def next_year(tmp_path: Path) -> Path:
    """A version that follows the shipped one."""
    text = (CHARTERS / "como.toml").read_text(encoding="utf-8")
    for old, new in (
        ('version = "2026-1"', 'version = "2099-1"'),
        ("threshold_minutes = 15", "threshold_minutes = 25"),
    ):
        assert old in text
        text = text.replace(old, new, 1)
    text = re.sub(r"(?m)^valid_from = .*$", "valid_from = 2099-01-01", text, count=1)
    text = re.sub(r"(?m)^valid_to = .*$", "", text, count=1)
    path = tmp_path / "como-2099.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_a_charter_is_checked_compared_and_adopted_once(here: Sportello, next_year: Path) -> None:
    checked = sportello("charter", "check", next_year)
    assert re.fullmatch(r"como/2099-1: \d+ sheets, \d+ standards, 7 sites\n", checked.stdout)
    assert here("charter", "adopt", next_year).stdout == "como/2099-1: in force from 01/01/2099\n"
    assert re.search(r"(?m)^como/2099-1  2099-01-01 – …  ", here("charter", "show").stdout)
    again = here("charter", "adopt", next_year)
    assert again.returncode == 1
    assert again.stderr.startswith("Error: charter_overlap: ")


def test_a_diff_of_charters_can_be_read(next_year: Path) -> None:
    told = sportello("charter", "diff", "como", next_year).stdout
    assert "  ~ version: 2026-1 → 2099-1\n" in told
    assert "threshold_s: 900 → 1500\n" in told
    assert sportello("charter", "diff", "como", "como").stdout == "no difference\n"
    whole = sportello("charter", "diff", "como", "toscana").stdout
    assert "sheets:\n  - A01  Accoglienza e informazione\n" in whole


def test_a_faulty_charter_is_told_line_by_line(tmp_path: Path, here: Sportello) -> None:
    text = (CHARTERS / "como.toml").read_text(encoding="utf-8")
    path = tmp_path / "faulty.toml"
    path.write_text(text.replace('letter = "H"', 'letter = "7"', 1).replace("mode", "node", 1), encoding="utf-8")
    for words in (("charter", "check", path), ("init", tmp_path / "new", "--charter", path)):
        ended = sportello(*words)
        assert ended.returncode == 1
        assert re.search(r"faulty\.toml:\d+: sheets\[A01\]\.letter: ", ended.stderr)
    assert here("charter", "adopt", path).returncode == 1
    path.write_text("x = [", encoding="utf-8")
    assert re.search(r"faulty\.toml:1: il testo non segue", sportello("charter", "check", path).stderr)


def test_a_version_is_shown_with_its_standards(here: Sportello) -> None:
    shown = here("charter", "show", "2026-1").stdout
    assert "como/2026-1, demonstrative" in shown
    assert re.search(r"TEMP-A01 +A01 ", shown)
    unknown = here("charter", "show", "1999")
    assert (unknown.returncode, "no version «1999» was adopted here" in unknown.stderr) == (1, True)


def test_the_day_is_opened_and_closed_by_hand(here: Sportello) -> None:
    assert here("day", "show").stdout == "no day yet: closed, 0 numbers, 0 waiting\n"
    assert here("day", "open").returncode == 0
    again = here("day", "open")
    assert (again.returncode, again.stderr) == (1, "Error: day_open: La giornata è già aperta.\n")
    assert here("day", "close").returncode == 0
    assert here("day", "show").stdout.endswith(": closed, 0 numbers, 0 waiting\n")


def test_history_comes_in_once_and_is_reported(here: Sportello, tmp_path: Path) -> None:
    day = date.today() - timedelta(days=30)  # noqa: DTZ011 - a day that is over, wherever the test runs
    waits = tmp_path / "waits.csv"
    lines = [f"{day} 10:{n:02d}:00,{day} 10:{n:02d}:59,,,A01," for n in range(40)]
    waits.write_text("Arrivo,Chiamata,Inizio,Fine,Servizio,Esito\n" + "\n".join(lines) + "\n", encoding="utf-8")
    assert here("import", waits, "--map", MAP).stdout == "40 visits taken in, 0 already there, 0 rejected\n"
    assert here("import", waits, "--map", MAP).stdout == "0 visits taken in, 40 already there, 0 rejected\n"
    told = here("report", "--from", day, "--to", day).stdout
    assert re.search(r"(?m)^A01 +TEMP-A01\* +40 +40 +100,00 % .* RISPETTATO$", told)
    assert "Come si misura (definizione" in told
    assert here("report", "--from", "2026-02-01", "--to", "2026-01-01").returncode == 2
    quotes = here("accuracy", "--from", day, "--to", day).stdout
    assert "Nessun numero in questo periodo." in quotes  # another system told its visitors nothing that we know
    assert "Come si misura:" in quotes
    assert here("accuracy", "--service", "Z99").returncode == 1


def test_rejected_rows_are_kept_with_their_reason(here: Sportello, tmp_path: Path) -> None:
    waits = tmp_path / "waits.csv"
    heads = "Arrivo,Chiamata,Inizio,Fine,Servizio,Esito\n"
    waits.write_text(heads + "2025-03-03 10:00,2025-03-03 09:00,,,A01,\n2025-03-03 10:00,,,,Z99,\n", encoding="utf-8")
    ended = here("import", waits, "--map", MAP)
    assert (ended.returncode, ended.stdout) == (1, "0 visits taken in, 0 already there, 2 rejected\n")
    kept = (tmp_path / "waits.rejected.csv").read_text(encoding="utf-8-sig").splitlines()
    assert kept[0].startswith("line,reason,Arrivo")
    assert len(kept) == 3
    assert here("import", waits, "--map", "arrival=Arrivo").returncode == 1


# --- the demo ------------------------------------------------------------------------------------


def test_the_demo_fills_a_past_says_its_password_and_serves(tmp_path: Path) -> None:
    words = command("demo", "--port", "0", "--months", "1", "--folder", tmp_path / "demo")
    process = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        address = process.stdout.readline().split()[1]
        assert urllib.request.urlopen(f"{address}/healthz").status == 200
        process.send_signal(signal.SIGTERM)
        _, told = process.communicate(timeout=PATIENCE_S)
    finally:
        process.kill()
        process.communicate()
    assert process.returncode == 0
    assert "DEMO: nothing here is real." in told
    assert re.search(r"sign in as +demo +password +\w{5}(-\w{5}){3}", told)


def test_what_if_answers_in_words_about_recorded_days(folder: Path) -> None:
    settings = folder / "centre.toml"
    rows = "\n".join(
        f"2026-03-02 09:{n:02d}:00,2026-03-02 {9 + (n + 25) // 60}:{(n + 25) % 60:02d}:00,A01" for n in range(40)
    )
    past = folder / "past.csv"
    past.write_text(f"Arrivo,Chiamata,Servizio\n{rows}\n", encoding="utf-8")
    sportello("import", past, "--config", settings, "--map", "arrival=Arrivo,called=Chiamata,service=Servizio")
    told = sportello("what-if", "--config", settings, "--from", "2026-03-01", "--to", "2026-03-31", "--rule", "fifo")
    assert told.returncode == 0, told.stderr
    assert re.search(r"Da \d+ a circa \d+ persone su 100 chiamate entro lo standard \(fra \d+ e \d+\)", told.stdout)
    assert "vengono da un'importazione" in told.stdout


@pytest.mark.parametrize(
    ("asked", "says"),
    [
        ((), "say what is to change"),
        (("--counters", "uno"), "is not like +1@09:00-11:00"),
        (("--counters", "+1@11:00-09:00"), "an opening ends after it starts"),
        (("--booked", "30"), "is not a share from 0 to 1"),
        (("--quota", "A01"), "is not like A01=20"),
        (("--quota", "ZZZ=3"), "has no service «ZZZ»"),
    ],
)
def test_what_if_says_what_is_wrong_with_a_question(folder: Path, asked: tuple[str, ...], says: str) -> None:
    told = sportello("what-if", "--config", folder / "centre.toml", *asked)
    assert told.returncode in (1, 2)
    assert says in told.stderr


# --- verification and evidence ---------------------------------------------------------------------------


def test_a_year_is_verified_into_a_folder_whose_sums_are_right(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "verifica"
    ended = sportello("verification", "--config", folder / "centre.toml", "--year", 2026, "--out", out)
    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.splitlines() == [str(out / name) for name in VERIFICATION]
    assert {file.name for file in out.iterdir()} == set(VERIFICATION)
    checked = subprocess.run(["sha256sum", "--check", "--quiet", "SHA256SUMS"], cwd=out, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stdout


def test_the_evidence_of_a_day_is_written_into_a_folder(folder: Path, tmp_path: Path) -> None:
    out = tmp_path / "prove"
    asked = ("evidence", "--config", folder / "centre.toml", "--day", "2026-03-05", "--out", out)
    ended = sportello(*asked, "--service", "A01")
    assert ended.returncode == 0, ended.stderr
    assert {file.name for file in out.iterdir()} == {"evidence.pdf", "tickets.csv", "events.csv", "SHA256SUMS"}
    unknown = sportello(*asked, "--service", "Z99")
    assert (unknown.returncode, "unknown_service" in unknown.stderr) == (1, True)


def test_an_altered_log_is_verified_as_such(folder: Path, tmp_path: Path) -> None:
    with sqlite3.connect(folder / "centre.db") as raw:
        raw.execute("UPDATE event SET data = replace(data, 'Como', 'Lecco') WHERE kind = 'CharterPublished'")
    raw.close()
    settings = folder / "centre.toml"
    ended = sportello("verification", "--config", settings, "--year", 2026, "--out", tmp_path / "verifica")
    assert ended.returncode == 1
    first_bad = re.search("first bad event: .*", sportello("verify", "--config", settings).stderr)
    assert first_bad
    assert first_bad[0] in ended.stderr
