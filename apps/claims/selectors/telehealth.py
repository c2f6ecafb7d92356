"""Payers' policies for visits at a distance, by the day on which they hold."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from datetime import date

from apps.claims.models import Claim
from apps.claims.rules.snapshot import TelehealthView
from apps.practice.models import TelehealthPolicy

NONE = TelehealthPolicy.Modifier.NONE


def telehealth_policies(claims: Collection[Claim]) -> dict[int, TelehealthView]:
    """By claim: its payer's policy on its date of service. Claims whose payer has none are missing. One query."""
    by_payer: dict[int, list[TelehealthPolicy]] = defaultdict(list)
    for row in TelehealthPolicy.objects.filter(payer__in={claim.payer_id for claim in claims}).order_by("-starts_on"):
        by_payer[row.payer_id].append(row)
    in_force = {claim.pk: _on(claim.service_date, by_payer[claim.payer_id]) for claim in claims}
    return {pk: _view(row) for pk, row in in_force.items() if row}


def _on(day: date, newest_first: Iterable[TelehealthPolicy]) -> TelehealthPolicy | None:
    """A later row takes the earlier's place from its first day, also where it has ended since."""
    started = next((row for row in newest_first if row.starts_on <= day), None)
    return started if started and (started.ends_on is None or day <= started.ends_on) else None


def _view(row: TelehealthPolicy) -> TelehealthView:
    return TelehealthView(
        tuple(row.places), _modifier(row.video_modifier), _modifier(row.audio_modifier), row.takes_98000, row.source
    )


def _modifier(kept: str) -> str | None:
    return "" if kept == NONE else kept or None
