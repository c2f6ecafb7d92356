"""A queue of claims that wait: those of a book, held by the scrubber's findings, with their tasks, spread over two years of deadlines."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from itertools import accumulate
from random import Random
from typing import Any

from django.core.management import call_command
from django.db import connection, transaction

from apps.claims.models import BatchClaim, Claim, Finding
from apps.claims.selectors.exception_queue import EXCEPTION_KIND
from apps.claims.states import ClaimStatus
from apps.core.bulk_rows import copy_rows, new_keys
from apps.core.models import User
from apps.core.public_ids import new_public_id
from apps.practice.models import Payer
from apps.worklist.models import WorkItem
from tests.bench.book import make_book
from tests.bench.remittance_file import remittance_file

# Rules by how often they speak, as a queue has them: a few of much, many of little. With a field, one click mends it.
RULES = (
    ("COV-MEMBER-ID-PATTERN", 30, "coverage.member_id"),
    ("WF-SEX", 14, ""),
    ("COV-MEMBER-ID", 12, ""),
    ("WF-PATIENT-ADDRESS", 11, ""),
    ("WF-BIRTH-DATE", 8, ""),
    ("PRV-NPI", 7, ""),
    ("WF-TOTAL", 6, "claim.total"),
    ("MOD-25", 5, ""),
    ("DX-POINTERS", 3, ""),
    ("TF-LATE", 2, ""),
    ("DUP-CLAIM", 1, ""),
    ("MUE-DAY-ABSOLUTE", 1, ""),
)
# Claims that a second finding stops as well.
ALSO = 0.2
PAYERS, OWNERS = 12, 8


def make_waiting(claims: int, *, owners: list[User], now: datetime) -> None:
    call_command("migrate", verbosity=0)
    make_book(remittance_file(claims))
    BatchClaim.objects.all().delete()
    chance, today = Random(1), now.date()
    payers = [Payer.objects.create(name=f"Plan {number:02d}", claims_id=f"{number:05d}") for number in range(PAYERS)]
    rows = list(Claim.objects.order_by("pk").values_list("pk", "public_id", "control_number", "total"))
    items = new_keys(WorkItem, len(rows))
    with transaction.atomic():
        copy_rows(WorkItem, *_items(rows, items, owners, chance=chance, today=today, now=now))
        copy_rows(Finding, *_findings([key for key, *_ in rows], chance, now))
        _hold([key for key, *_ in rows], items, [chance.choice(payers).pk for _ in rows])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def _items(
    rows: list[tuple[Any, ...]], keys: list[int], owners: list[User], *, chance: Random, today: date, now: datetime
) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
    fields = (
        "id", "public_id", "kind", "title", "owner_role", "assignee", "state", "due_on", "snoozed_until", "amount_at_stake",
        "url_name", "subject_public_id", "opened_at", "outcome",
    )  # fmt: skip
    return fields, (
        (
            key, new_public_id(), EXCEPTION_KIND, f"Fix claim {number}", "biller",
            chance.choice(owners).pk if chance.random() < 0.5 else None, "open",
            today + timedelta(days=chance.randrange(-20, 365)) if chance.random() < 0.9 else None,
            today + timedelta(days=3) if chance.random() < 0.02 else None,
            total, "claims:exception", public_id, now - timedelta(days=chance.randrange(60)), "",
        )
        for key, (_, public_id, number, total) in zip(keys, rows, strict=True)
    )  # fmt: skip


def _findings(claims: list[int], chance: Random, now: datetime) -> tuple[tuple[str, ...], Iterator[tuple[object, ...]]]:
    fields = ("claim", "rule", "severity", "field", "sentence", "fix", "state", "found_at", "override_reason")
    weights = list(accumulate(weight for _, weight, _ in RULES))

    def rows() -> Iterator[tuple[object, ...]]:
        for claim in claims:
            for rule, _, field in {*chance.choices(RULES, cum_weights=weights, k=1 + (chance.random() < ALSO))}:
                fix = (
                    f'{{"field": "{field}", "line": null, "value": "1", "label": "Set it", "clinical": false}}'
                    if field
                    else None
                )
                yield claim, rule, "block", field, "What is wrong, and what to do about it.", fix, "open", now, ""

    return fields, rows()


def _hold(claims: list[int], items: list[int], payers: list[int]) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            """UPDATE claims_claim SET status = %s, work_item_id = told.item, payer_id = told.payer, accepted_at = NULL
               FROM unnest(%s::bigint[], %s::bigint[], %s::bigint[]) AS told (claim, item, payer)
               WHERE claims_claim.id = told.claim""",
            [ClaimStatus.EXCEPTION.value, claims, items, payers],
        )
