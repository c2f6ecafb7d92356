"""What the rules and pyx12 say of claims, however odd one of them is: what fails on one claim stands against that one (DOMAIN 2)."""

import logging
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from django.conf import settings
from django.db import InterfaceError, OperationalError, transaction

from apps.claims.encode.guide import guide_issues
from apps.claims.rules.failures import claim_unreadable
from apps.claims.rules.findings import Found
from apps.claims.rules.payer_rules import RuleSet
from apps.claims.rules.registry import GUIDE, VOID, scrub, scrub_form
from apps.claims.rules.snapshot import ClaimView
from apps.claims.selectors.snapshots import snapshots
from apps.core.clock import practice_date

logger = logging.getLogger(__name__)
Findings = dict[int, list[Found]]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class ReadClaims:
    """`views`: those that could be read; the others have their one finding in `unreadable`."""

    views: dict[int, ClaimView]
    unreadable: Findings


def read_claims(claim_ids: Collection[int], *, now: datetime) -> ReadClaims:
    def read(keys: Collection[int]) -> dict[int, ClaimView]:
        with transaction.atomic():
            return snapshots(keys, today=practice_date(now), for_rules=True)

    return ReadClaims(*_all_or_each(list(claim_ids), read))


def ask_rules(views: Mapping[int, ClaimView], own: RuleSet) -> Findings:
    """Of a simulation without scrubbing the well-formedness alone (DOMAIN 2); the practice's `own` rules judge no void."""
    if settings.SCRUB_ONLY_WELL_FORMED:
        return {key: scrub_form(view) for key, view in views.items()}
    return {key: [*scrub(view), *(own.found(view) if view.frequency != VOID else ())] for key, view in views.items()}


def ask_guide(views: Mapping[int, ClaimView], *, now: datetime) -> Findings:
    """pyx12's findings, for the claims that have any."""

    def judge(keys: Collection[int]) -> dict[int, list[Found]]:
        issues = guide_issues({key: views[key] for key in keys}, now=now)
        return {key: [Found(GUIDE, issue) for issue in each] for key, each in issues.items()}

    found, failed = _all_or_each(list(views), judge)
    return found | failed


def _all_or_each(keys: list[int], work: Callable[[Collection[int]], dict[int, T]]) -> tuple[dict[int, T], Findings]:
    """All at once; where that fails, half by half down to the claims that it fails for. A database that is gone is no claim's fault."""
    try:
        return work(keys), {}
    except (InterfaceError, OperationalError):
        raise
    except Exception as error:  # whatever it is, the other claims do not wait for it
        if len(keys) == 1:
            logger.exception("Claim %s could not be read.", keys[0])
            return {}, {keys[0]: [claim_unreadable(error)]}
    middle = len(keys) // 2
    first, first_failed = _all_or_each(keys[:middle], work)
    second, second_failed = _all_or_each(keys[middle:], work)
    return first | second, first_failed | second_failed
