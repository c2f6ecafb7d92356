"""The versions in which claims went to their payers."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise

from django.db.models import Max, QuerySet

from apps.claims.models import Claim, Correction
from apps.claims.rules.answered_version import SentVersion
from apps.claims.rules.correction_routes import WAY_NAMES, Way
from apps.claims.selectors.batches import sendings
from apps.claims.states import IN_FLIGHT

_Begun = tuple[int, datetime, str, str]  # a correction's key, its start, and CLM05-3 and CLP07 of the version before it


def corrections_kept() -> "QuerySet[Correction]":
    """Those that made a version of their claim, and were not cancelled; the oldest first."""
    return Correction.objects.filter(cancel_reason="").exclude(way=Correction.Way.REOPENING).order_by("pk")


def newest_versions(claim_ids: Collection[int]) -> dict[int, int]:
    """By claim that was corrected: the key of the correction that made what was prepared or sent last."""
    kept = corrections_kept().filter(claim__in=claim_ids).order_by().values_list("claim")
    return dict(kept.annotate(Max("pk")))


def versions_sent(claim_ids: Collection[int]) -> dict[int, tuple[SentVersion, ...]]:
    """By claim that was corrected, oldest first. One that never left in a file is left out: no payer can answer it. Claims that never
    were corrected are left out, and where there are no others it costs one query.
    """
    begun: dict[int, list[_Begun]] = defaultdict(list)
    columns = ("claim", "pk", "started_at", "before__frequency", "before__payer_claim_number")
    for claim, *told in corrections_kept().filter(claim__any_of=claim_ids).values_list(*columns):
        begun[claim].append((told[0], told[1], told[2] or "", told[3] or ""))
    if not begun:
        return {}
    files: dict[int, list[datetime]] = defaultdict(list)
    for claim, at in sendings(begun).values_list("claim", "batch__created_at"):
        files[claim].append(at)
    claims = Claim.objects.filter(pk__any_of=begun).values_list("pk", "frequency", "status")
    return {
        claim: tuple(_sent(begun[claim], frequency, files[claim], in_flight=status in IN_FLIGHT))
        for claim, frequency, status in claims
    }


def _sent(
    begun: Sequence[_Begun], frequency: str, files: Sequence[datetime], *, in_flight: bool
) -> Iterable[SentVersion]:
    keys = [0, *(key for key, _, _, _ in begun)]
    starts = [at for _, at, _, _ in begun]
    frequencies = [*(each for _, _, each, _ in begun), frequency]
    numbers = [*(each for _, _, _, each in begun), ""]
    left = [True, *(any(one <= at <= next_one for at in files) for one, next_one in pairwise(starts))]
    left.append(in_flight or any(at >= starts[-1] for at in files))
    for key, each, number, has_left in zip(keys, frequencies, numbers, left, strict=True):
        if has_left:
            yield SentVersion(key, each, number)


@dataclass(frozen=True, slots=True)
class NamedVersion:
    """One sent version as people name it: counted from 1, `begun_at` when its correction began (none of the first)."""

    sent: SentVersion
    number: int
    kind: str
    begun_at: datetime | None = None


def named_versions(claim_id: int) -> list[NamedVersion]:
    """Oldest first; none of a claim that was never corrected."""
    kept = [None, *corrections_kept().filter(claim=claim_id)]
    places = {each.pk if each else 0: (number, each) for number, each in enumerate(kept, start=1)}
    found = []
    for sent in versions_sent([claim_id]).get(claim_id, ()):
        number, made = places[sent.correction]
        kind = WAY_NAMES[Way(made.way)] if made else "As first sent"
        found.append(NamedVersion(sent, number, kind, made.started_at if made else None))
    return found
