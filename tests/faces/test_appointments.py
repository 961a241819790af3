"""Those who are expected: told by a program, brought as a file, found by their code."""

from datetime import date, timedelta
from io import BytesIO
from typing import Any

import pytest
from apiflask import APIFlask
from flask.testing import FlaskClient

from sportello.appointments import Faults, Line, lines, of_day, plain
from sportello.centre import Centre
from sportello.domain.commands import OpenDay
from sportello.ledger import appointments
from sportello.ledger.access import Role
from tests.faces.conftest import MORNING, Hands, Program
from tests.faces.test_admin import signed_in, token

TODAY = MORNING.date()
SERVICES = {"A02", "A07"}


def line(code: str = "482913", service: str = "A07", time: str = "10:30", number: int = 1) -> Line:
    return Line(number=number, code=code, service=service, time=time)


def found(centre: Centre, code: str) -> appointments.Appointment | None:
    with centre.reading() as db:
        return appointments.find(db, code, centre.now().local().date())


def test_a_code_is_found_whatever_was_typed_between_its_signs() -> None:
    assert plain(" ab-12 34.5") == "AB12345"


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        (line(code="12"), "«12»"),
        (line(code="RSSMRA80A01C933X"), "codice fiscale"),
        (line(service="Z99"), "«Z99»"),
        (line(time="25:00"), "«25:00»"),
    ],
)
def test_a_line_that_cannot_be_is_told_and_nothing_is_taken(wrong: Line, said: str) -> None:
    with pytest.raises(Faults, match=said):
        of_day(TODAY, [line(code="5555"), wrong], SERVICES)


def test_a_tax_code_is_not_repeated_in_the_fault() -> None:
    with pytest.raises(Faults) as told:
        of_day(TODAY, [line(code="RSSMRA80A01C933X")], SERVICES)
    assert "RSSMRA" not in str(told.value)


def test_the_same_code_twice_in_a_day_is_a_fault() -> None:
    with pytest.raises(Faults, match="482913"):
        of_day(TODAY, [line(), line(number=2)], SERVICES)


@pytest.mark.parametrize(
    "raw", [b"time;code;service\n10:30;482913;A07\n", "code,service,time\r\n482913,A07,10:30".encode("utf-16")]
)
def test_a_file_is_read_whatever_its_order_delimiter_and_letters(raw: bytes) -> None:
    assert [(one.code, one.service, one.time) for one in lines(raw)] == [("482913", "A07", "10:30")]


def test_a_file_without_a_column_is_no_list() -> None:
    assert lines(b"code;time\n1;2\n") == ()


def test_a_file_with_a_quotation_mark_left_open_is_no_list() -> None:
    assert lines(b'code,service,time\n"' + b"4" * 200_000) == ()


def post(api: Program, day: date, *told: dict[str, str], role: str = "manager") -> Any:
    return api.post(f"/appointments/{day}", {"appointments": list(told)}, role=role)


def test_a_program_tells_a_day_and_a_later_list_takes_its_place(api: Program, centre: Centre) -> None:
    one, other = ({"code": code, "service": "A07", "time": "10:30"} for code in ("111111", "222222"))
    assert post(api, TODAY, one, other).json == {"day": str(TODAY), "expected": 2}
    assert post(api, TODAY, other).json["expected"] == 1
    assert found(centre, "111111") is None
    kept = found(centre, "222222")
    assert kept is not None
    assert kept.service == "A07"


def test_only_a_manager_tells_who_is_expected(api: Program) -> None:
    assert post(api, TODAY, role="clerk").status_code == 403


def test_a_day_that_is_over_is_refused_and_its_codes_are_forgotten(api: Program, centre: Centre, clock: Hands) -> None:
    assert post(api, TODAY - timedelta(days=1)).status_code == 422
    post(api, TODAY, {"code": "111111", "service": "A07", "time": "10:30"})
    clock.forward(24 * 3600)
    assert found(centre, "111111") is None
    post(api, TODAY + timedelta(days=1), {"code": "333333", "service": "A07", "time": "10:30"})
    with centre.reading() as db:
        assert db.rows("SELECT day FROM appointment") == db.rows("SELECT day FROM appointment WHERE code = '333333'")


def test_a_new_day_forgets_the_codes_of_the_last(api: Program, centre: Centre, clock: Hands) -> None:
    post(api, TODAY, {"code": "111111", "service": "A07", "time": "10:30"})
    clock.forward(24 * 3600)
    centre.handle(OpenDay(), actor="test", command_id="the-next-day")
    with centre.reading() as db:
        assert db.rows("SELECT code FROM appointment") == []


def test_a_manager_brings_a_list_and_hears_every_fault(app: APIFlask, centre: Centre) -> None:
    client: FlaskClient = signed_in(app, centre, "dirige", Role.MANAGER)

    def bring(text: str) -> Any:
        fields = {"csrf_token": token(client, "/admin/appointments"), "day": str(TODAY)}
        return client.post("/admin/appointments", data={**fields, "file": (BytesIO(text.encode()), "oggi.csv")})

    refused = bring("code;service;time\n1;A07;10:30\n482913;A07;alle dieci\n")
    assert refused.status_code == 400
    assert "alle dieci" in refused.text
    assert "«1»" in refused.text
    assert bring("code;service;time\n482913;A07;10:30\n").status_code == 303
    assert found(centre, "482913") is not None
