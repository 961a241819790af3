"""Writes that meet each other: sent twice, at once, wrong, too late."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier
from typing import Any

import pytest

TOGETHER = 8


def test_a_command_sent_twice_happens_once(api: Any) -> None:
    first = api.post("/tickets", {"service": "A01"}, role="kiosk", Idempotency_Key="tap-1")
    again = api.post("/tickets", {"service": "A01"}, role="kiosk", Idempotency_Key="tap-1")
    assert first.status_code == again.status_code == 201
    assert first.json == again.json
    assert api.ticket("A01")["number"] == "H002"


def test_the_same_key_with_another_body_is_refused(api: Any) -> None:
    api.post("/tickets", {"service": "A01"}, role="kiosk", Idempotency_Key="tap-1")
    other = api.post("/tickets", {"service": "A02"}, role="kiosk", Idempotency_Key="tap-1")
    assert (other.status_code, other.json["code"]) == (409, "command_reused")
    assert api.ticket("A02")["number"] == "T001"


def test_a_key_belongs_to_its_client(api: Any) -> None:
    first = api.post("/tickets", {"service": "A01"}, role="kiosk", Idempotency_Key="1")
    other = api.post("/tickets", {"service": "A01"}, role="clerk", Idempotency_Key="1")
    assert first.json["id"] != other.json["id"]


def test_a_call_sent_twice_calls_one_person(api: Any) -> None:
    api.ticket()
    second = api.ticket()["id"]
    answers = [api.post("/counters/1/call-next", role="clerk", Idempotency_Key="k") for _ in range(2)]
    assert answers[0].json["id"] == answers[1].json["id"]
    assert answers[0].json["reason"] == answers[1].json["reason"]
    assert api.get(f"/tickets/{second}").json["status"] == "waiting"


def test_who_was_turned_away_is_told_the_same_again(api: Any) -> None:
    api.post("/day/open")
    api.post("/day/close")
    answers = [api.post("/tickets", {"service": "A01"}, Idempotency_Key="k") for _ in range(2)]
    assert [answer.json["code"] for answer in answers] == ["closed", "closed"]
    (row,) = api.get("/compliance?from=2026-11-24&to=2026-11-24").json["rows"]
    assert row["turned_away"] == 1


def test_an_endless_key_is_refused(api: Any) -> None:
    answer = api.post("/tickets", {"service": "A01"}, Idempotency_Key="k" * 201)
    assert (answer.status_code, answer.json["title"]) == (400, "Idempotency-Key: 1 to 200 characters")


def test_counters_that_call_at_once_get_different_people(api: Any) -> None:
    waiting = {api.ticket()["id"] for _ in range(TOGETHER)}
    together = Barrier(TOGETHER)

    def call(counter: int) -> str:
        together.wait()
        called: str = api.post(f"/counters/{counter % 6 + 1}/call-next", role="clerk").json["id"]
        return called

    with ThreadPoolExecutor(TOGETHER) as pool:
        called = list(pool.map(call, range(TOGETHER)))
    assert set(called) == waiting


def test_a_ticket_called_by_two_at_once_goes_to_one(api: Any) -> None:
    ticket = api.ticket()["id"]
    together = Barrier(2)

    def call(counter: int) -> Any:
        together.wait()
        return api.post(f"/counters/{counter}/call", {"ticket": ticket, "why": "prova"}, role="clerk")

    with ThreadPoolExecutor(2) as pool:
        answers = sorted(pool.map(call, (1, 2)), key=lambda answer: int(answer.status_code))
    assert [answer.status_code for answer in answers] == [200, 409]
    assert answers[1].json["code"] == "already_called"
    assert answers[1].json["about"] == answers[0].json["counter"]


def test_numbers_taken_at_once_are_gap_free(api: Any) -> None:
    with ThreadPoolExecutor(TOGETHER) as pool:
        numbers = list(pool.map(lambda _: api.ticket("A01")["number"], range(40)))
    assert sorted(numbers) == [f"H{n:03d}" for n in range(1, 41)]


# --- refusals ------------------------------------------------------------------------------------


def refused(answer: Any) -> tuple[int, str, str]:
    assert answer.mimetype == "application/problem+json"
    assert set(answer.json) == {"type", "title", "status", "detail", "code", "about"}
    assert answer.json["status"] == answer.status_code
    assert answer.json["type"] == f"urn:sportello:refused:{answer.json['code']}"
    return answer.status_code, answer.json["code"], answer.json["about"]


def test_a_refusal_is_a_problem_with_a_code_and_a_sentence(api: Any) -> None:
    answer = api.post("/tickets", {"service": "Z99"}, Accept_Language="it")
    assert refused(answer) == (409, "unknown_service", "Z99")
    assert answer.json["detail"].startswith("Questo servizio non è tra quelli del centro.")
    english = api.post("/tickets", {"service": "Z99"}, Accept_Language="en").json["detail"]
    assert english != answer.json["detail"]


def test_an_address_that_names_nothing_is_not_found(api: Any) -> None:
    assert refused(api.get("/tickets/0000")) == (404, "unknown_ticket", "0000")
    assert refused(api.post("/tickets/0000/start")) == (404, "unknown_ticket", "0000")
    api.post("/day/open")
    assert refused(api.post("/counters/99/open")) == (404, "unknown_counter", "99")
    assert refused(api.post("/counters/1/call", {"ticket": "0000", "why": "prova"})) == (409, "unknown_ticket", "0000")


def test_what_cannot_be_done_now_is_said(api: Any, clock: Any) -> None:
    assert refused(api.post("/counters/1/call-next")) == (409, "day_closed", "")
    ticket = api.ticket()
    path = f"/tickets/{ticket['id']}"
    assert refused(api.post("/day/open")) == (409, "day_open", "")
    assert refused(api.post(f"{path}/start")) == (409, "wrong_status", "H001")
    assert refused(api.post("/counters/1/call", {"ticket": ticket["id"]})) == (409, "reason_required", "")
    api.called("1")
    assert refused(api.post(f"{path}/start", {"counter": "2"})) == (409, "elsewhere", "1")
    assert refused(api.post("/counters/1/close")) == (409, "counter_busy", "H001")
    api.post(f"{path}/no-show", {"counter": "1"})
    clock.forward(6)
    assert refused(api.post(f"{path}/undo", {"counter": "1"})) == (409, "too_late_to_undo", "H001")
    assert refused(api.post(f"{path}/reprint")) == (409, "nothing_to_print", "H001")
    far = {"service": "A03", "booked_at": "2026-11-26T09:40:00+01:00"}
    assert refused(api.post("/tickets", far)) == (409, "bad_time", "26/11/2026 09:40")


# --- bad input -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("body", "place", "field"),
    [
        ({}, "json", "service"),
        ({"service": ""}, "json", "service"),
        ({"service": "A01", "language": "klingon"}, "json", "language"),
        ({"service": "A01", "priority": "perhaps"}, "json", "priority"),
        ({"service": "A01", "name": "Mario"}, "json", "name"),
        ([], "json", "_schema"),
    ],
)
def test_a_body_that_is_wrong_is_told_field_by_field(api: Any, body: Any, place: str, field: str) -> None:
    answer = api.post("/tickets", body)
    assert (answer.status_code, answer.mimetype) == (422, "application/problem+json")
    assert field in answer.json["errors"][place]


@pytest.mark.parametrize("booked_at", ["tomorrow", "2026-11-24T09:40:00", "2026-13-01T00:00:00Z"])
def test_an_appointment_without_a_true_time_is_refused(api: Any, booked_at: str) -> None:
    answer = api.post("/tickets", {"service": "A03", "booked_at": booked_at})
    assert (answer.status_code, answer.json["title"]) == (422, "booked_at is not an ISO 8601 time with offset")


@pytest.mark.parametrize(
    "query",
    ["", "?from=2026-11-24", "?from=yesterday&to=2026-11-24", "?from=2026-11-25&to=2026-11-24"],
)
@pytest.mark.parametrize("path", ["/compliance", "/accuracy", "/tickets.csv"])
def test_a_period_needs_two_days_in_order(api: Any, path: str, query: str) -> None:
    assert api.get(path + query).status_code == 422


def test_what_is_not_json_is_said_to_be(app: Any, api: Any) -> None:
    headers = {"Authorization": "Bearer token-of-kiosk", "Content-Type": "application/json"}
    answer = app.test_client().post("/api/v1/tickets", data="{", headers=headers)
    assert (answer.status_code, answer.json["detail"]) == (400, "the body is not JSON")


def test_an_address_or_method_that_is_not_there_is_a_problem_too(app: Any, api: Any) -> None:
    assert api.get("/nothing").json["status"] == 404
    assert app.test_client().put("/api/v1/board").json["status"] == 405


# --- the document --------------------------------------------------------------------------------


def test_the_openapi_document_is_valid(app: Any) -> None:
    from openapi_spec_validator import validate

    document = app.test_client().get("/api/v1/openapi.json").json
    validate(document)
    assert document["openapi"].startswith("3.")


def test_the_document_tells_the_key_and_the_refusal_of_each_write(app: Any) -> None:
    from sportello.domain.errors import Reason

    document = app.test_client().get("/api/v1/openapi.json").json
    for operations in document["paths"].values():
        for verb, operation in operations.items():
            keyed = "Idempotency-Key" in {one["name"] for one in operation["parameters"]}
            assert keyed == ("409" in operation["responses"]) == (verb == "post")
    codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"]
    assert set(codes) == {reason.value for reason in Reason}


def test_answers_look_as_the_document_says(app: Any, api: Any, clock: Any) -> None:
    from openapi_schema_validator import OAS31Validator

    document = app.test_client().get("/api/v1/openapi.json").json
    ticket = api.ticket("A01")
    answers = {
        "ServicesOut": api.get("/services").json,
        "TicketOut": ticket,
        "CalledOut": api.called("1"),
        "CounterOut": api.post("/counters/1/open").json,
        "DayOut": api.post("/day/close").json,
        "BoardOut": api.get("/board").json,
        "FiguresOut": api.get("/compliance?from=2026-11-24&to=2026-11-24").json,
        "AccuracyOut": api.get("/accuracy?from=2026-11-24&to=2026-11-24").json,
        "Problem": api.post("/day/close").json,
    }
    for name, answer in answers.items():
        schema = document["components"]["schemas"][name] | {"components": document["components"]}
        faults = [fault.message for fault in OAS31Validator(schema).iter_errors(answer)]
        assert not faults, f"{name}: {faults}"
