"""The table of who may ask what, read; and one question of it asked."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.core.cache import cache
from django.db import transaction
from django.test import Client
from django.urls import reverse

from tests.house.every_subject import NOBODY, Subjects

TABLE = Path(__file__).with_suffix(".txt")
COLUMNS = ("administrator", "biller", "coder", "front_desk", "no_role", "stranger")
METHODS = ("GET", "POST")
SUBJECT = re.compile("@[a-z-]+")
# What anybody is told who may not ask: it must be the same whether or not there is such a thing.
REFUSALS = frozenset({"log", "403", "404", "405"})


@dataclass(frozen=True, slots=True)
class Row:
    """One address. `answers`: of each method, what each column is told."""

    name: str
    of: tuple[str, ...]
    answers: dict[tuple[str, str], str]

    def path(self, subjects: Subjects) -> str:
        return reverse(self.name, args=[SUBJECT.sub(lambda found: subjects[found[0]], each) for each in self.of])

    def path_of_nothing(self, subjects: Subjects) -> str:
        """With ids that nothing has."""
        return self.path(dict.fromkeys(subjects, NOBODY) | {"@deadline-row": "0", "@route": "0"})

    def asked_by(self, method: str) -> tuple[str, ...]:
        """Where a method is unknown to everybody that is said before anything else: the first and the last stand for all."""
        same = {self.answers[method, who] for who in COLUMNS} == {"405"}
        return (COLUMNS[0], COLUMNS[-1]) if same else COLUMNS


def rows(text: str) -> Iterator[Row]:
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            address, *parts = line.split("|")
            name, *of = address.split()
            told = dict(zip(METHODS, (part.split() for part in parts), strict=True))
            answers = {(m, who): said for m in METHODS for who, said in zip(COLUMNS, told[m], strict=True)}
            yield Row(name, tuple(of), answers)


def answer(client: Client, method: str, path: str) -> str:
    """Asked with nothing filled in, and what it did undone. `log` where it leads to the log-in, else the status."""
    cookies = client.cookies.copy()
    if method == "GET":
        said = client.get(path)
    else:
        cache.clear()  # nobody is told that these were too many
        with transaction.atomic():
            said = client.post(path, b"", content_type="application/x-www-form-urlencoded")
            transaction.set_rollback(True)
    client.cookies = cookies
    doors = {reverse("account_login"), reverse("admin:login")}
    return "log" if said.status_code == 302 and said["Location"].partition("?")[0] in doors else str(said.status_code)
