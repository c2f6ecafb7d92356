"""Posting is killed at moments that chance picks, begun again until it is done, and compared with posting that nobody disturbed."""

import random
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Self

import psycopg
from django.db import connection
from psycopg.sql import SQL, Identifier

from apps.claims.models import Claim
from apps.x12.guides.x835 import RemittedClaim
from tests.factories.practice import PayerFactory
from tests.factories.remittances import (
    NOW,
    clp,
    payment,
    plb,
    reversal_of,
    stored_file,
    submitted_claim,
    svc,
    without_our_numbers,
)
from tests.faults.contents import contents
from tests.faults.killable import Warm, warm

# CLPs of a transaction: small, so that a file is many of them.
CHUNK = 3


@dataclass(slots=True)
class Found:
    """`wrong`: what stood otherwise than undisturbed, table by table. `rounds`: how often everything was posted from the start."""

    kills: int = 0
    rounds: int = 0
    wrong: list[str] = field(default_factory=list)


def kill_posting(kills: int, *, seed: int) -> Found:
    """So many kills that hit work in hand. Call it in a test that commits (`transaction=True`): each round has a copy of its database."""
    found = Found()
    store_remittances()
    with warm("tests.faults.poster") as process, _Copies() as copies:
        poster = _Poster(process)
        with copies.fresh() as database:
            whole = poster.post(database)
            assert whole["became"] == "done", whole
            quiet = copies.contents(database)
        disturbed = _Disturbed(poster, copies, random.Random(seed), whole)
        while found.kills < kills and not found.wrong:
            with copies.fresh() as database:
                found.kills += disturbed.play(database)
                found.rounds += 1
                found.wrong = _differences(quiet, copies.contents(database))
    return found


@dataclass(frozen=True, slots=True)
class _Disturbed:
    """`whole`: what posting took that nobody disturbed."""

    poster: "_Poster"
    copies: "_Copies"
    chance: random.Random
    whole: dict[str, Any]

    def play(self, database: str) -> int:
        """Killed again and again until nothing is left to post; how many kills hit. One before the first statement or behind the last
        work hit nothing. Who comes while a killed one's session still ends walks away from its file, and is begun again.
        """
        kills = 0
        while self.copies.waiting(database):
            answer = self.poster.post(database, **self._moment())
            assert answer["became"] != "failed"
            kills += answer["became"] == "killed" and answer["begun"] and self.copies.waiting(database) > 0
        return kills

    def _moment(self) -> dict[str, float]:
        """Before or behind a statement, or at any moment between; near the beginning as often as anywhere."""
        part = self.chance.choice((1.0, 0.2))
        if self.chance.random() < 0.5:
            return {"statement": self.chance.randrange(1, 2 * round(part * self.whole["statements"])) / 2}
        return {"seconds": self.chance.uniform(0, part * self.whole["seconds"])}


def store_remittances() -> None:
    """Two files of several payments: denials, reversals before and after what they take back, corrections, a second payer, a copy,
    what matches nothing, what does not balance, PLB.
    """
    payer, second_payer = PayerFactory(), PayerFactory()
    claims = [submitted_claim("60.00", "40.00", encounter__coverage__payer=payer) for _ in range(14)]
    first = [_answer(claim, number) for number, claim in enumerate(claims[:10])]
    unknown = without_our_numbers(clp(claims[0], patient=None, payer_claim_number=""), "UNKNOWN")
    broken = clp(claims[10], paid=Decimal("7.00"))
    late = [_answer(claim, 0) for claim in claims[11:]]
    told: dict[str, Any] = {"payer": payer}
    one = payment(*first, unknown, broken, plbs=[plb("WO", "12.00", "OLD")], trace="KILLS1", **told)
    corrections = [clp(claim, status="22" if claim is claims[0] else "1") for claim in claims[:3]]
    undone = [reversal_of(answer) for answer in (*first[:3], late[0])]
    other = payment(*undone, *corrections, trace="KILLS2", plbs=[plb("72", "-3.00")], **told)
    stored_file(one, other, name="one.835")
    second = [clp(claim, *_further(claim), status="2") for claim in claims[3:6]]
    stored_file(
        payment(*late, trace="KILLS3", **told),
        payment(*second, trace="KILLS5", payer=second_payer),
        payment(*first, unknown, broken, plbs=[plb("WO", "12.00", "OLD")], trace="KILLS1", **told),
        payment(*(clp(claim) for claim in claims[6:8]), trace="KILLS4", amount="250.00", **told),
        name="other.835",
    )


def _answer(claim: Claim, number: int) -> RemittedClaim:
    one, other = claim.lines.all()
    if number % 3 == 1:
        return clp(claim, svc(one, "0.00", ("CO-97", "60.00")), svc(other, "30.00"))
    return clp(claim, svc(one, "45.00", ("PR-2", "5.00")), svc(other, "40.00"))


def _further(claim: Claim) -> list[Any]:
    one, other = claim.lines.all()
    return [svc(one, "5.00", ("OA-23", "55.00")), svc(other, "0.00", ("OA-23", "40.00"))]


class _Poster:
    def __init__(self, process: Warm) -> None:
        self.process = process

    def post(self, database: str, **moment: float) -> dict[str, Any]:
        """What became of it, whether it had begun, and of one that ended how many statements it sent."""
        order = {"database": database, "chunk": CHUNK, "now": NOW.isoformat(), **moment}
        answer = self.process.ask(order)
        begun, *statements = answer["told"] or [""]
        return {**answer, "begun": bool(begun), "statements": int(statements[0]) if statements else 0}


class _Copies:
    """Copies of the test's database as it is now, made by PostgreSQL from one that nobody is connected to."""

    def __init__(self) -> None:
        self.name = f"{connection.settings_dict['NAME']}_kills"
        told = connection.get_connection_params()
        self.told = {name: told[name] for name in ("host", "port", "user", "password") if told.get(name)}

    def __enter__(self) -> Self:
        name = connection.settings_dict["NAME"]
        connection.close()
        self.server = psycopg.connect(**self.told, dbname="postgres", autocommit=True)
        self._drop(self.name)
        self._copy(name, self.name)
        return self

    def __exit__(self, *_failure: object) -> None:
        self._drop(self.name)
        self.server.close()

    @contextmanager
    def fresh(self) -> Iterator[str]:
        name = f"{self.name}_copy"
        self._drop(name)
        self._copy(self.name, name)
        try:
            yield name
        finally:
            self._drop(name)

    def contents(self, database: str) -> dict[str, Counter[str]]:
        with psycopg.connect(**self.told, dbname=database) as opened:
            return contents(opened)

    def waiting(self, database: str) -> int:
        """How many files are not yet posted to their end."""
        with psycopg.connect(**self.told, dbname=database) as opened:
            ((files,),) = opened.execute("SELECT count(*) FROM connectors_transmission WHERE state = 'stored'")
        return int(files)

    def _copy(self, name: str, copy: str) -> None:
        self.server.execute(SQL("CREATE DATABASE {} TEMPLATE {}").format(Identifier(copy), Identifier(name)))

    def _drop(self, name: str) -> None:
        """Sessions that a killed child left behind end with it."""
        self.server.execute(SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(Identifier(name)))


def _differences(quiet: dict[str, Counter[str]], found: dict[str, Counter[str]]) -> list[str]:
    wrong = []
    for table, rows in quiet.items():
        wrong += [f"{table} lacks {row}" for row in (rows - found[table]).elements()]
        wrong += [f"{table} has besides {row}" for row in (found[table] - rows).elements()]
    return wrong
