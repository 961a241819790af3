"""A charter written on screen: begun, changed entry by entry, tried on the past, looked at, adopted under its act."""

import re
from datetime import date
from html import unescape

import pytest
from apiflask import APIFlask
from werkzeug.datastructures import MultiDict

from admin.charter_form import fields, read, typed_from
from sportello import charter_files, founding
from sportello.centre import Centre
from sportello.charter_files import Form, Linked
from sportello.charter_files.tree import tree
from sportello.domain.charter import Outcome
from sportello.domain.lep import Delivered
from sportello.ledger import drafts
from sportello.ledger.access import Role
from sportello.ledger.declared import evidence, lep_checks
from tests.faces.conftest import Hands, a_past
from tests.faces.test_admin import Manager, cells, faults, next_version, signed_in

ACT = {"act.kind": "delibera", "act.number": "12", "act.date": "01/12/2026"}


@pytest.fixture
def manager(app: APIFlask, centre: Centre) -> Manager:
    return Manager(signed_in(app, centre, "Anna", Role.MANAGER))


@pytest.fixture
def draft(manager: Manager) -> str:
    """The address of a draft begun from the version in force."""
    answer = manager.send("/admin/charter/draft", version="como/2026-1")
    assert answer.status_code == 303
    return str(answer.location)


def revision(page: str) -> str:
    found = re.search(r'name="revision" value="(\d+)"', page)
    assert found
    return found[1]


def typed(page: str) -> MultiDict[str, str]:
    """What a form holds as it is shown: the fields of the page, without those a script or a button would add."""
    form = MultiDict[str, str]()
    body = page[page.index("<main") :]
    for tag in re.findall(r"<input[^>]*>", body):
        found = {name: unescape(text) for name, text in re.findall(r'(\w[\w-]*)="([^"]*)"', tag)}
        if "name" in found and found["name"] not in ("csrf_token", "command_id"):
            if found.get("type") == "checkbox" and " checked" not in tag:
                continue
            form.add(found["name"], found.get("value", ""))
    for name, text in re.findall(r'<textarea[^>]*name="([^"]+)"[^>]*>(.*?)</textarea>', body, re.DOTALL):
        form.add(name, unescape(text))
    for name, options in re.findall(r'<select[^>]*name="([^"]+)"[^>]*>(.*?)</select>', body, re.DOTALL):
        chosen = re.search(r'<option value="([^"]*)" selected', options) or re.search(
            r'<option value="([^"]*)"', options
        )
        form.add(name, unescape(chosen[1]) if chosen else "")
    return form


def keep(manager: Manager, at: str, /, **changes: str) -> MultiDict[str, str]:
    form = typed(manager.get(at).text)
    for name, text in changes.items():
        form[name.replace("__", ".")] = text
    return form


# --- forms -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("part", ["standards", "sheets", "areas"])
def test_an_entry_that_is_shown_and_sent_back_is_the_same(app: APIFlask, part: str) -> None:
    whole = tree(founding.charter_named("como"))
    with app.test_request_context("/admin/"):
        for entry in whole[part]:
            assert read(part, typed_from(part, entry), entry) == (entry, {}), entry["code"]
        assert read("charter", typed_from("charter", whole), whole) == (whole | {"act": {}}, {})


def test_languages_that_the_form_does_not_offer_stay(app: APIFlask) -> None:
    entry = tree(founding.charter_named("como"))["sheets"][0]
    with app.test_request_context("/admin/"):
        shown = {field.name for field in fields("sheets", entry)}
        assert {"label.it", "label.en", "label.ar"} <= shown


# --- versions and drafts -------------------------------------------------------------------------------


def test_a_draft_begins_from_the_version_in_force_under_a_free_name(manager: Manager, draft: str) -> None:
    page = unescape(manager.get(draft).text)
    assert "Bozza como/2027-1" in page
    told = cells(manager.get("/admin/charter").text)
    assert told[told.index("como/2027-1") + 1].startswith("✎ bozza")
    assert told[told.index("como/2026-1") + 1].startswith("● in vigore oggi")
    assert "versione" in " ".join(cells(page))  # its differences are shown


@pytest.mark.parametrize("form", Form)
def test_a_file_of_any_form_becomes_a_draft(manager: Manager, centre: Centre, form: Form) -> None:
    charter = charter_files.read(next_version(), "carta.toml")
    answer = manager.upload(charter_files.written(charter, form), f"carta.{form}")
    assert answer.status_code == 303
    told = cells(manager.get(str(answer.location)).text)
    changed = next(cell for cell in told if "soglia in secondi" in cell)
    assert told[told.index(changed) :][1:3] == ["900", "720"]
    assert len(centre.day.charters) == 1


def test_a_fault_in_a_spreadsheet_is_told_with_sheet_row_and_column(manager: Manager) -> None:
    raw = charter_files.written(charter_files.read(next_version(), "c.toml"), Form.CSV)
    told = cells(manager.upload(raw.replace(b";0,9;", b";novanta;", 1), "carta.csv").text)
    place = told.index("«novanta» non è un numero")
    assert told[place - 4] == "Standard"
    assert told[place - 3].isdigit()
    assert told[place - 2] == "G"


@pytest.mark.parametrize("form", [*Form, *Linked])
def test_a_version_is_taken_away_in_every_form(manager: Manager, form: Form | Linked) -> None:
    answer = manager.get(f"/admin/charter/como/2026-1.{form}")
    assert answer.status_code == 200
    assert f"filename=como-2026-1.{form}" in answer.headers["Content-Disposition"]
    assert manager.get("/admin/charter/como/2026-1.doc").status_code == 404
    if form in tuple(Form):
        assert charter_files.read(answer.data, f"c.{form}") == founding.charter_named("como")


# --- changing and trying ---------------------------------------------------------------------------------


def test_a_standard_is_changed_and_kept_in_the_draft_alone(manager: Manager, centre: Centre, draft: str) -> None:
    page = f"{draft}/standards/TEMP-A01"
    form = keep(manager, page, threshold_minutes="12,5", share="92,5", page="7")
    assert manager.send(page, form, step="keep").status_code == 303
    again = typed(manager.get(page).text)
    assert (again["threshold_minutes"], again["share"], again["page"]) == ("12,5", "92,5", "7")
    assert again.getlist("services") == ["A01"]
    assert centre.day.charters[0].standards[1].threshold_s == 900
    told = cells(manager.get(draft).text)
    changed = next(cell for cell in told if "TEMP-A01 : soglia in secondi" in cell)
    assert told[told.index(changed) :][1:3] == ["900", "750"]


def test_what_cannot_be_understood_is_told_beside_its_field_and_nothing_is_lost(manager: Manager, draft: str) -> None:
    page = f"{draft}/standards/TEMP-A01"
    form = keep(manager, page, share="novanta", threshold_minutes="dieci", programmed="Una promessa nuova")
    answer = manager.send(page, form, step="keep")
    assert answer.status_code == 422
    wrong = {"share": "«novanta» non è un numero", "threshold_minutes": "«dieci» non è un numero"}
    assert faults(answer.text) == wrong
    assert typed(answer.text)["programmed"] == "Una promessa nuova"


def test_what_is_wrong_with_the_charter_is_kept_told_and_stops_the_adoption(
    manager: Manager, centre: Centre, draft: str
) -> None:
    page = f"{draft}/standards/TEMP-A01"
    manager.send(page, keep(manager, page, share="190"), step="keep")
    assert "share" in faults(manager.get(page).text)
    shown = manager.get(draft).text
    assert "1 cosa da correggere prima di adottarla" in shown
    answer = manager.send(f"{draft}/adopt", MultiDict(ACT), revision=revision(shown), valid_from="01/01/2027")
    assert answer.status_code == 422
    assert "corregga ciò che non va" in answer.text
    assert len(centre.day.charters) == 1


def test_two_standards_for_the_same_tickets_are_a_tie_and_stop_the_adoption(manager: Manager, draft: str) -> None:
    page = f"{draft}/standards/new"
    form = keep(manager, f"{draft}/standards/TEMP-A01", code="DOPPIO")
    assert manager.send(page, form, step="keep").status_code == 303
    assert "senza essere più specifico" in manager.get(draft).text


def test_a_standard_is_tried_on_the_last_twelve_months(manager: Manager, centre: Centre, draft: str) -> None:
    a_past(centre)  # thirty waits of seven minutes
    page = f"{draft}/standards/TEMP-A01"
    said = " ".join(re.sub(r"<[^>]+>", " ", unescape(manager.get(page).text)).split())
    assert "● RISPETTATO : 100,00 % entro 15 minuti, su 30 numeri validi" in said or "100,0 % entro 15 minuti" in said
    assert "Il 90 % sarebbe stato mantenuto con 7 minuti" in said
    answer = manager.send(page, keep(manager, page, threshold_minutes="6"), step="try")
    said = " ".join(re.sub(r"<[^>]+>", " ", unescape(answer.text)).split())
    assert "▼ NON RISPETTATO" in said
    assert typed(manager.get(page).text)["threshold_minutes"] == "15"  # tried, not kept


def test_a_tried_standard_leaves_alone_the_waits_of_more_specific_ones(
    manager: Manager, centre: Centre, draft: str
) -> None:
    a_past(centre)  # all for A01, which has a standard of its own
    page = f"{draft}/standards/TEMP-GEN"
    answer = manager.send(page, keep(manager, page), step="try")
    assert "nessun numero sarebbe stato giudicato" in answer.text


def test_a_sheet_sent_back_as_its_page_shows_it_changes_nothing(manager: Manager, draft: str) -> None:
    page = f"{draft}/sheets/A02"
    before = manager.get(draft).text
    assert manager.send(page, keep(manager, page), step="keep").status_code == 303
    after = manager.get(draft).text
    assert "da correggere" not in after
    assert cells(after) == cells(before)


def test_a_sheet_and_an_area_are_added_and_taken_away(manager: Manager, draft: str) -> None:
    page = f"{draft}/areas/new"
    assert (
        manager.send(page, MultiDict({"title.it": "Nuova area"}), code="Z", step="keep", revision="1").status_code
        == 303
    )
    assert "Z · Nuova area" in manager.get(draft).text
    revised = revision(manager.get(draft).text)
    assert manager.send(f"{draft}/areas/Z", step="remove", revision=revised).status_code == 303
    assert "Nuova area" not in manager.get(draft).text
    assert manager.get(f"{draft}/sheets/X99").status_code == 404


def test_two_managers_do_not_overwrite_each_others_draft(manager: Manager, draft: str) -> None:
    page = f"{draft}/standards/TEMP-A01"
    mine, other = keep(manager, page, threshold_minutes="10"), keep(manager, page, threshold_minutes="11")
    assert manager.send(page, other, step="keep").status_code == 303
    answer = manager.send(page, mine, step="keep")
    assert answer.status_code == 409
    assert "un'altra persona ha cambiato la bozza" in unescape(answer.text)
    assert typed(manager.get(page).text)["threshold_minutes"] == "11"


# --- the kiosk, and the adoption ---------------------------------------------------------------------------


def test_the_kiosk_shows_the_draft_to_managers_only_and_gives_no_number(
    app: APIFlask, manager: Manager, centre: Centre, draft: str
) -> None:
    page = f"{draft}/sheets/A02"
    manager.send(page, keep(manager, page, label__it="Parola nuova"), step="keep")
    shown = re.search(r'<iframe src="([^"]+)"', manager.get(f"{draft}/kiosk").text)
    assert shown
    address = unescape(shown[1])
    area = address.replace("/?", "/area/A?")
    answer = manager.get(area)
    assert "Parola nuova" in answer.text
    assert "frame-ancestors 'self'" in answer.headers["Content-Security-Policy"]
    assert "Parola nuova" not in app.test_client().get(area).text
    assert "Parola nuova" not in app.test_client().get("/area/A").text
    assert not centre.day.tickets


def test_an_adoption_wants_an_act_and_is_for_ever(manager: Manager, centre: Centre, draft: str) -> None:
    at = revision(manager.get(draft).text)
    answer = manager.send(f"{draft}/adopt", revision=at, valid_from="01/01/2027")
    assert answer.status_code == 422
    assert "servono il numero e la data dell'atto" in unescape(answer.text)
    answer = manager.send(f"{draft}/adopt", MultiDict(ACT), revision=at, valid_from="ieri")
    assert faults(answer.text) == {"valid_from": "«ieri» non è una data come 31/01/2026"}
    answer = manager.send(f"{draft}/adopt", MultiDict(ACT), revision=at, valid_from="01/01/2027")
    assert answer.status_code == 303
    old, new = centre.day.charters
    assert (new.id, new.act.number, new.act.date) == ("como/2027-1", "12", date(2026, 12, 1))
    assert old.valid_to == date(2026, 12, 31)
    told = cells(manager.get("/admin/charter").text)
    assert told[told.index("como/2027-1") + 1] == "○ adottata, non ancora in vigore"
    with centre.reading() as db:
        assert drafts.drafts(db) == ()


def test_a_version_never_begins_on_a_day_that_was_lived_under_another(
    manager: Manager, centre: Centre, draft: str
) -> None:
    a_past(centre)
    answer = manager.send(f"{draft}/adopt", MultiDict(ACT), revision="1", valid_from="01/11/2026")
    assert answer.status_code == 422
    assert "il 18/11/2026 sono già stati dati numeri con la versione como/2026-1" in answer.text
    assert len(centre.day.charters) == 1


def test_a_name_that_is_taken_is_told_before_the_adoption(manager: Manager, draft: str) -> None:
    page = f"{draft}/charter/-"
    manager.send(page, keep(manager, page, version="2026-1"), step="keep")
    assert "è già adottata" in manager.get(draft).text
    assert "version" in faults(manager.get(page).text)


def test_a_draft_is_thrown_away_and_the_versions_stay(manager: Manager, centre: Centre, draft: str) -> None:
    assert manager.send(f"{draft}/drop").status_code == 303
    assert manager.get(draft).status_code == 404
    assert len(centre.day.charters) == 1


# --- declared ------------------------------------------------------------------------------------------------


def test_a_promise_verified_by_hand_is_declared_with_its_evidence(manager: Manager, centre: Centre) -> None:
    page = manager.get("/admin/by-hand?year=2026").text
    assert "Niente è stato dichiarato: NON VALUTABILE." in page
    promise = unescape(next(iter(re.findall(r'<option value="(como/2026-1 [^"]+)"', page))))
    said = {"promise": promise, "year": "2026", "first": "2026-01-01", "last": "2026-12-31", "value": "27 giorni",
            "outcome": "kept", "document": "Relazione 4/2027", "dated": "2027-01-10", "office": "URP"}  # fmt: skip
    form = MultiDict(said)
    assert manager.send("/admin/by-hand", MultiDict(said | {"first": "x"})).status_code == 400
    answer = manager.send("/admin/by-hand", MultiDict(said | {"document": ""}))
    assert answer.status_code == 409
    assert 'value="27 giorni"' in answer.text
    assert manager.send("/admin/by-hand", form).status_code == 303
    with centre.reading() as db:
        (found,) = evidence(db, centre.code, date(2026, 1, 1), date(2026, 12, 31))
    assert (found.value, found.outcome, found.office) == ("27 giorni", Outcome.KEPT, "URP")
    assert "Relazione 4/2027" in manager.get("/admin/by-hand?year=2026").text
    report = "/admin/compliance?from=2026-01-01&to=2026-12-31"
    assert "Relazione 4/2027" in manager.get(report).text
    assert "Relazione 4/2027" not in manager.get(f"{report}&service=A02").text


def test_the_levels_are_declared_and_the_target_is_told_with_its_definition(manager: Manager, centre: Centre) -> None:
    page = manager.get("/admin/lep?year=2026").text
    assert "centri che erogano tutti i livelli dell'elenco: 0 su 1" in unescape(page)
    assert "un centro vale quando ogni livello dell'elenco è dichiarato «sì»" in unescape(page)
    form = typed(page)
    assert form["letter_conciliazione"] == "J"
    said = {"delivered_did": "partly", "evidence_did": "Prot. 2", "office_did": "URP", "letter_did": "B1"}
    for name, text in said.items():
        form[name] = text
    assert manager.send("/admin/lep", form).status_code == 303
    with centre.reading() as db:
        (told,) = [one for one in lep_checks(db, centre.code, 2026) if one.delivered]
    assert (told.lep.letter, told.delivered, told.evidence) == ("B1", Delivered.PARTLY, "Prot. 2")
    form = typed(manager.get("/admin/lep?year=2026").text)
    form["delivered_patto"] = "yes"
    answer = manager.send("/admin/lep", form)
    assert answer.status_code == 409
    assert typed(answer.text)["delivered_patto"] == "yes"


def test_the_clock_is_the_centres(clock: Hands, manager: Manager) -> None:
    assert "Livelli essenziali, 2026" in manager.get("/admin/lep").text
