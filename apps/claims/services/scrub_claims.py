"""Scrub drafts: every rule over every claim, pyx12 over what the rules let through, then READY or EXCEPTION for each."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import connection, transaction

from apps.claims.models import Claim, Finding
from apps.claims.rules.failures import Failure
from apps.claims.rules.findings import Found, Issue
from apps.claims.rules.registry import HELD, TO_CORRECT
from apps.claims.rules.snapshot import ClaimView
from apps.claims.selectors.payer_rules import running_rules
from apps.claims.services.broken_rules import tell_broken
from apps.claims.services.failed_rules import settle_failed, tell_failed
from apps.claims.services.hold_claims import Hold, finding_row, hold_claims
from apps.claims.services.judge_claims import ask_guide, ask_rules, read_claims
from apps.claims.services.lock_claims import lock_claims
from apps.claims.services.move_claims import Move, apply_moves
from apps.claims.services.scrub_neighbours import scrub_neighbours
from apps.claims.states import ClaimStatus
from apps.core.models import User


@dataclass(frozen=True, slots=True)
class ScrubResult:
    """`more`: the limit was reached and drafts are left. `waiting`: none is left, and sound claims wait to be sent."""

    passed: int
    held: int
    more: bool
    waiting: bool = False


# What makes a finding the same as one that a person has overridden: rule, line, sentence.
_Mark = tuple[str, int | None, str]


@transaction.atomic
def scrub_claims(*, now: datetime, limit: int = 500, acting_user: User | None = None) -> ScrubResult:
    """Every draft, up to `limit`, in a constant number of queries."""
    drafts = lock_claims(Claim.objects.filter(status=ClaimStatus.DRAFT), skip_locked=True)
    taken = list(drafts.values_list("pk", flat=True)[:limit])
    if not taken:
        return ScrubResult(0, 0, more=False, waiting=_anything_ready())
    passed = _scrub(taken, now, acting_user)
    more = len(taken) == limit
    return ScrubResult(passed, len(taken) - passed, more, waiting=not more and _anything_ready())


def _anything_ready() -> bool:
    """Also what other workers passed, or an earlier chunk: whoever finds the last draft says that the files can go."""
    return Claim.objects.filter(status=ClaimStatus.READY).exists()


@transaction.atomic
def scrub_these(claim_ids: Collection[int], *, now: datetime, acting_user: User | None = None) -> int:
    """Drafts by their keys, in place, while a person looks on; how many are ready to send. The caller holds their locks."""
    return _scrub(claim_ids, now, acting_user) if claim_ids else 0


def _scrub(claim_ids: Collection[int], now: datetime, acting_user: User | None) -> int:
    # Before the facts: what is written meanwhile and missed by them has a later revision.
    revisions = dict(Claim.objects.filter(pk__in=claim_ids).values_list("pk", "patient__revision"))
    claims, own = read_claims(claim_ids, now=now), running_rules()
    found = ask_rules(claims.views, own) | claims.unreadable
    tell_broken(own.broken, now=now)
    settled, held = _earlier(claim_ids)
    for key, issues in found.items():
        found[key] = [each for each in issues if not (each.rule.overridable and _mark(each) in settled.get(key, ()))]
        found[key] += held.get(key, ())
    _ask_the_judge(claims.views, found, now)
    _tell_failed(found, now)
    earlier = Finding.objects.filter(claim__in=claim_ids, state=Finding.State.OPEN)
    earlier.update(state=Finding.State.SUPERSEDED, settled_at=now)
    stopped = {key for key, issues in found.items() if any(each.blocks for each in issues)}
    ready = [key for key in found if key not in stopped]
    scrub_neighbours(found, now=now)
    _note_first_scrub(ready, stopped)
    _note_revisions({key: revisions[key] for key in found})
    Finding.objects.bulk_create([finding_row(key, each, now) for key in ready for each in found[key]])
    apply_moves(
        [Move(key, ClaimStatus.READY, _ready_words(found[key])) for key in ready], now=now, acting_user=acting_user
    )
    hold_claims([_hold(key, tuple(found[key])) for key in sorted(stopped)], now=now, acting_user=acting_user)
    settle_failed(now=now)
    return len(ready)


def _mark(found: Found | Finding) -> _Mark:
    if isinstance(found, Finding):
        return found.rule, found.line, found.sentence
    return found.rule.code, found.issue.line, found.issue.sentence[:300]


def _earlier(claim_ids: Collection[int]) -> tuple[dict[int, set[_Mark]], dict[int, list[Found]]]:
    """What a person settled stays settled: overridden findings do not come again, and what a person holds, or means to correct, stays
    held.
    """
    overridden: dict[int, set[_Mark]] = {}
    held: dict[int, list[Found]] = {}
    by_people = {rule.code: rule for rule in (HELD, TO_CORRECT)}
    states = (Finding.State.OPEN, Finding.State.OVERRIDDEN)
    for row in Finding.objects.filter(claim__in=claim_ids, state__in=states):
        if row.state == Finding.State.OVERRIDDEN:
            overridden.setdefault(row.claim_id, set()).add(_mark(row))
        elif rule := by_people.get(row.rule):
            held.setdefault(row.claim_id, []).append(Found(rule, Issue(row.sentence)))
    return overridden, held


def _ask_the_judge(views: Mapping[int, ClaimView], found: dict[int, list[Found]], now: datetime) -> None:
    """pyx12 sees what the rules let through: a claim that lacks its address would only be told so twice."""
    sound = {key: view for key, view in views.items() if not any(each.blocks for each in found[key])}
    for key, more in ask_guide(sound, now=now).items():
        found[key] += more


def _tell_failed(found: Mapping[int, Collection[Found]], now: datetime) -> None:
    failures = [(key, each) for key, issues in found.items() for each in issues if isinstance(each, Failure)]
    tell_failed(failures, now=now)


def _note_first_scrub(ready: Collection[int], stopped: Collection[int]) -> None:
    """The clean claim rate asks of each claim once: did it pass at its first scrub, before any person touched it (DOMAIN 7)?"""
    first = Claim.objects.filter(passed_untouched=None)
    first.filter(pk__in=ready).update(passed_untouched=True)
    first.filter(pk__in=stopped).update(passed_untouched=False)


def _note_revisions(revisions: Mapping[int, int]) -> None:
    statement = """
        UPDATE claims_claim SET scrubbed_revision = read.revision
        FROM unnest(%s::bigint[], %s::bigint[]) AS read (claim_id, revision)
        WHERE claims_claim.id = read.claim_id AND claims_claim.scrubbed_revision <> read.revision
    """
    with connection.cursor() as cursor:
        cursor.execute(statement, [list(revisions), list(revisions.values())])


def _ready_words(found: Collection[Found]) -> str:
    return f"Passed the scrubber with {counted(len(found), 'warning')}." if found else "Passed the scrubber."


def _hold(claim_id: int, found: tuple[Found, ...]) -> Hold:
    blocking = sum(each.blocks for each in found)
    return Hold(claim_id, ClaimStatus.EXCEPTION, f"Held by the scrubber: {counted(blocking, 'finding')}.", found)


def counted(number: int, word: str) -> str:
    return f"{number} {word}" if number == 1 else f"{number} {word}s"
