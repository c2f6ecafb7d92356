"""Every address x every role: who_may_ask.txt says what each is told, and each is asked."""

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
from django.db import transaction
from django.test import Client, override_settings
from django.urls import get_resolver
from pytest_django import DjangoDbBlocker

from apps.core import clock
from apps.practice.roles import Role
from tests.factories.patient_balances import BIRTH_DATE, ZIP
from tests.house.every_subject import TOKEN, Subjects, every_subject
from tests.house.test_permissions import addresses
from tests.house.who_may_ask import COLUMNS, METHODS, REFUSALS, TABLE, Row, answer, rows
from tests.signing_in import browser_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 10, 8, 15, 0, tzinfo=UTC)


def known_names() -> set[str]:
    found = {name.removeprefix(":") for _, name, _ in addresses(get_resolver().url_patterns)}
    return {name for name in found if not name.endswith("None")}


ROWS = list(rows(TABLE.read_text()))
OUTSIDERS = {"no_role", "stranger"}


@pytest.fixture(scope="module", autouse=True)
def quick() -> Iterator[None]:
    """Who may ask is the question here; what a page shows to whom is looked at elsewhere, and most of the time goes into drawing it."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.template.backends.django.Template.render", lambda *_args, **_more: "")
        patch.setattr(logging.getLogger("django.request"), "disabled", True)
        yield


@pytest.fixture(scope="module")
def subjects(
    django_db_setup: None, django_db_blocker: DjangoDbBlocker, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Subjects]:
    """One practice for the whole file, gone at its end."""
    file = tmp_path_factory.mktemp("clock") / "now"
    with django_db_blocker.unblock(), override_settings(VIRTUAL_CLOCK_FILE=str(file)), transaction.atomic():
        clock.set_virtual(NOW)
        yield every_subject(NOW)
        transaction.set_rollback(True)


@pytest.fixture(scope="module")
def clients(subjects: Subjects) -> dict[str, Client]:
    found = {role.value: browser_of(role) for role in Role} | {"no_role": browser_of(None), "stranger": Client()}
    found["patient"] = Client()
    found["patient"].post("/pay/enter", {"token": TOKEN})
    found["patient"].post("/pay/verify", {"birth_date": BIRTH_DATE.isoformat(), "postcode": ZIP})
    for client in found.values():
        client.raise_request_exception = False
    return found


def client_of(who: str, row: Row, clients: dict[str, Client]) -> Client:
    """To the patients' pages the stranger comes by a link, with the answers to its questions."""
    return clients["patient" if who == "stranger" and row.name.startswith("patient_pages:") else who]


def test_every_address_has_its_row_and_no_row_is_of_nothing() -> None:
    assert {row.name for row in ROWS} == known_names()
    assert [row for row, times in Counter((row.name, row.of) for row in ROWS).items() if times > 1] == []


@pytest.mark.parametrize("who", COLUMNS)
def test_each_is_refused_as_the_table_says(who: str, subjects: Subjects, clients: dict[str, Client]) -> None:
    """Half of it, and of each address by each method both by people of the practice and by others, where they are refused. The rest, and
    what opens, is asked in make faults.
    """
    asked = [question for question in questions(who, refused=True) if is_for_every_run(who, *question[:2])]
    agree(asked, who, subjects, clients)


@pytest.mark.axe
@pytest.mark.parametrize("who", COLUMNS)
@pytest.mark.parametrize("refused", [True, False], ids=["refused", "let_in"])
def test_each_is_told_what_the_table_says(
    refused: bool, who: str, subjects: Subjects, clients: dict[str, Client]
) -> None:
    agree(list(questions(who, refused=refused)), who, subjects, clients)


def questions(who: str, *, refused: bool) -> Iterator[tuple[str, Row, str]]:
    """(method, address, what the table says)."""
    for row in ROWS:
        for method in METHODS:
            if who in row.asked_by(method) and (row.answers[method, who] in REFUSALS) is refused:
                yield method, row, row.answers[method, who]


def is_for_every_run(who: str, method: str, row: Row) -> bool:
    alike = [
        each
        for each in row.asked_by(method)
        if row.answers[method, each] in REFUSALS and (each in OUTSIDERS) is (who in OUTSIDERS)
    ]
    return len(alike) == 1 or (alike.index(who) + ROWS.index(row)) % 2 == 0


def agree(asked: list[tuple[str, Row, str]], who: str, subjects: Subjects, clients: dict[str, Client]) -> None:
    assert asked
    faults = [
        f"{method} {row.name} {' '.join(row.of)}: {said}, and the table says {told}"
        for method, row, told in asked
        if (said := answer(client_of(who, row, clients), method, row.path(subjects))) != told
    ]
    assert faults == []


@pytest.mark.axe
@pytest.mark.parametrize("who", [role.value for role in Role])
def test_nobody_learns_from_a_refusal_whether_there_is_such_a_thing(
    who: str, subjects: Subjects, clients: dict[str, Client]
) -> None:
    """What is refused is refused the same for an id that nothing has; to whoever may ask, that is not found."""
    faults = []
    about_one = [
        row for row in ROWS if any("@" in each for each in row.of) and not row.name.startswith("patient_pages:")
    ]
    for row in about_one:
        for method in METHODS:
            if (told := row.answers[method, who]) == "405":
                continue
            said = answer(clients[who], method, row.path_of_nothing(subjects))
            if said != (told if told in REFUSALS else "404"):
                faults.append(f"{method} {row.name} of nothing: {said}, where one that is there says {told}")
    assert faults == []
