"""What happened to a claim, for the person who works on it: events, what was changed from what to what, findings settled, notes."""

from collections.abc import Iterator
from itertools import chain
from operator import attrgetter

from apps.claims.models import Claim, FieldChange, Finding
from apps.claims.rules.fields import FIELDS
from apps.claims.selectors.payer_rules import rules_of
from apps.claims.states import WAITS_FOR_US
from apps.core.identity import masked
from apps.core.models import User
from apps.core.moments import Moment
from apps.worklist.notes import notes_about

# The newest of each kind; what is older is on the claim's own page.
MOST = 100
# Numbers of people, masked as everywhere.
_IDENTITIES = frozenset({"coverage.member_id", "coverage.group_number"})
_SETTLED = (Finding.State.FIXED, Finding.State.OVERRIDDEN)


def history(claim: Claim) -> list[Moment]:
    """Oldest first, in a constant number of queries. Of one moment: what was changed, then what came of it."""
    # Each kind comes newest first, and sorting keeps the order of what is of one moment.
    kinds = [list(kind(claim))[::-1] for kind in (_changes, _findings, _events, _notes)]
    return sorted(chain.from_iterable(kinds), key=attrgetter("at"))


def _name(user: User | None) -> str:
    return user.display_name if user else ""


def _events(claim: Claim) -> Iterator[Moment]:
    for event in claim.events.select_related("actor").order_by("-at", "-pk")[:MOST]:
        state = "watch" if event.new_status in WAITS_FOR_US else "person" if event.actor else ""
        yield Moment(event.what, event.at, state, by=_name(event.actor))


def _changes(claim: Claim) -> Iterator[Moment]:
    for row in claim.field_changes.select_related("actor").order_by("-at", "-pk")[:MOST]:
        field = FIELDS.get(row.field)
        label = field.label if field else row.field
        what = f"{label} of line {row.line} changed" if row.line else f"{label} changed"
        yield Moment(
            what, row.at, "person", f"From {_shown(row, row.before)} to {_shown(row, row.after)}", _name(row.actor)
        )


def _shown(row: FieldChange, value: str) -> str:
    if not value:
        return "nothing"
    return f"“{masked(value) if row.field in _IDENTITIES else value}”"


def _findings(claim: Claim) -> Iterator[Moment]:
    found = claim.findings.filter(state__in=_SETTLED, settled_at__isnull=False).select_related("settled_by")
    rows = list(found.order_by("-settled_at", "-pk")[:MOST])
    rules = rules_of(rows)
    for row in rows:
        how = "overridden" if row.state == Finding.State.OVERRIDDEN else "fixed"
        place = f", line {row.line}" if row.line else ""
        reason = f" Reason: {row.override_reason}" if row.override_reason else ""
        at = row.settled_at or row.found_at
        yield Moment(
            f"{rules[row.pk].title}{place}: {how}", at, "person", f"{row.sentence}{reason}", _name(row.settled_by)
        )


def _notes(claim: Claim) -> Iterator[Moment]:
    """Also of tasks that are closed: a claim has one each time it waits."""
    notes = notes_about([claim.public_id]).select_related("author")
    for note in notes.order_by("-at", "-pk")[:MOST]:
        yield Moment("Note", note.at, "person", note.text, _name(note.author))
