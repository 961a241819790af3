"""Force majeure on the managers' pages: recorded with an act, taken back with a reason."""

import pytest
from apiflask import APIFlask
from werkzeug.datastructures import MultiDict

from sportello import web
from sportello.centre import Centre
from sportello.ledger.access import Role
from sportello.ledger.acts import Act, acts
from tests.faces.test_admin import Manager, signed_in

PAGE = "/admin/force-majeure"
ACT = {"since": "2026-11-24T09:00", "until": "2026-11-24T10:00", "service": "A01", "act": "Det. 7/2026",
       "why": "allerta meteo"}  # fmt: skip


@pytest.fixture
def manager(app: APIFlask, centre: Centre) -> Manager:
    return Manager(signed_in(app, centre, "dirige", Role.MANAGER))


def recorded(centre: Centre) -> list[Act]:
    from admin.force_majeure import EVER

    with centre.reading() as db:
        return list(acts(db, centre.code, *EVER))


def test_an_act_is_recorded_with_its_hours_in_rome(manager: Manager, centre: Centre) -> None:
    assert manager.send(PAGE, MultiDict(ACT)).status_code == 303
    (act,) = recorded(centre)
    assert (act.until_ms - act.since_ms, act.service, act.act, act.withdrawn) == (3_600_000, "A01", "Det. 7/2026", None)
    page = manager.get(PAGE).text
    assert "24/11/2026 09:00" in page
    assert "allerta meteo" in page


def test_the_same_form_sent_twice_records_once(manager: Manager, centre: Centre) -> None:
    same = web.new_command_id()
    for _ in range(2):
        manager.send(PAGE, MultiDict(ACT), command_id=same)
    assert len(recorded(centre)) == 1


@pytest.mark.parametrize(
    ("change", "status", "said"),
    [
        ({"act": " "}, 409, "Scriva il motivo."),
        ({"until": "2026-11-24T08:00"}, 409, "La fine deve venire dopo l&#39;inizio"),
        ({"until": "2027-11-24T08:00"}, 409, "entro 31 giorni"),
        ({"since": "ieri"}, 400, "Scriva giorno e ora"),
    ],
)
def test_what_is_wrong_is_said_and_what_was_typed_stays(
    manager: Manager, centre: Centre, change: dict[str, str], status: int, said: str
) -> None:
    answer = manager.send(PAGE, MultiDict({**ACT, **change}))
    assert answer.status_code == status
    assert said in answer.text
    assert "allerta meteo" in answer.text
    assert recorded(centre) == []


def test_an_act_is_taken_back_with_a_reason_and_both_remain(manager: Manager, centre: Centre) -> None:
    manager.send(PAGE, MultiDict(ACT))
    (act,) = recorded(centre)
    assert manager.send(f"{PAGE}/{act.record}/withdraw").status_code == 409
    assert manager.send(f"{PAGE}/{act.record}/withdraw", why="atto annullato").status_code == 303
    assert [one.withdrawn for one in recorded(centre)] == ["atto annullato"]
    assert "ritirato: atto annullato" in manager.get(PAGE).text
