"""The parts that other tests lean on are the real ones, and each test finds them clean."""

import psycopg
import pytest
from playwright.sync_api import Browser


def test_postgresql_answers_and_is_not_a_stand_in(postgres_database: str) -> None:
    with psycopg.connect(postgres_database) as connection:
        row = connection.execute(
            "SELECT count(*) FILTER (WHERE n > 2), version() FROM generate_series(1, 5) n"
        ).fetchone()
    assert row is not None
    assert row[0] == 3
    assert row[1].startswith("PostgreSQL 1")


def test_a_test_finds_no_table_of_the_one_before(postgres_database: str) -> None:
    _make_the_one_table(postgres_database)


def test_a_test_leaves_no_table_to_the_one_after(postgres_database: str) -> None:
    _make_the_one_table(postgres_database)


def _make_the_one_table(dsn: str) -> None:
    with psycopg.connect(dsn) as connection:
        connection.execute("CREATE TABLE ticket (id bigint PRIMARY KEY)")


def test_chromium_runs_scripts_and_knows_millimetres(chromium: Browser) -> None:
    page = chromium.new_page()
    page.set_content("<p style='width: 20mm'></p>")
    width = page.evaluate("document.querySelector('p').getBoundingClientRect().width")
    assert width == pytest.approx(20 * 96 / 25.4, abs=0.05)
    page.close()
