"""Rules that fail on a claim, and claims that cannot be read. What the rule would have said nobody knows, so the claim is held; all others
go on (DOMAIN 2).
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from apps.claims.rules.findings import Found, Issue, Rule, Severity
from apps.claims.rules.snapshot import ClaimView

logger = logging.getLogger(__name__)


def _told_from_elsewhere(_claim: ClaimView) -> Iterator[Issue]:
    return iter(())


# The guide's check still judges what a person lets past a rule that failed.
UNCHECKED = Rule("WF-UNCHECKED", "Not checked by every rule", Severity.BLOCK, _told_from_elsewhere, overridable=True)
UNREADABLE = Rule("WF-UNREADABLE", "Claim that cannot be read", Severity.BLOCK, _told_from_elsewhere)


@dataclass(frozen=True, slots=True)
class Failure(Found):
    """`what` failed with which kind of error, for an administrator. It repeats nothing of the claim, and its sentence begins with it."""

    what: str


def asked(rule: Rule, issues: Callable[..., Iterable[Issue]], *of: object) -> list[Found]:
    """What the rule finds; one that fails is a finding of its own, and the next is asked all the same."""
    try:
        return [Found(rule, issue) for issue in issues(*of)]
    except Exception as error:  # whatever it is, it is this rule's and this claim's alone
        logger.exception("Rule %s failed.", rule.code)
        return [_rule_failed(rule.code, error)]


def _rule_failed(code: str, error: Exception) -> Failure:
    what = f"Rule {code} fails with {_kind(error)}"
    sentence = (
        f"{what} on this claim, so that nobody knows what it would say. Compare the claim's codes, dates and units with the visit and "
        "correct what is odd; the administrator has been told."
    )
    return Failure(UNCHECKED, Issue(sentence), what)


def claim_unreadable(error: Exception) -> Failure:
    """Neither its facts nor its file could be put together."""
    what = f"Reading a claim fails with {_kind(error)}"
    sentence = (
        f"{what}: a date, code or number of this claim, its visit or its patient is not of any usual form. Correct it in the EHR or here; "
        "the administrator has been told."
    )
    return Failure(UNREADABLE, Issue(sentence), what)


def _kind(error: Exception) -> str:
    return type(error).__name__
