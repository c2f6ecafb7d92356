"""Rows of coverages and payers as the rules see them."""

from collections.abc import Iterable
from datetime import date

from apps.claims.rules.snapshot import CoverageView, PayerView, PersonView
from apps.claims.selectors.filing import FilingClocks
from apps.connectors.models import Connection
from apps.connectors.registry import adapter_in_use
from apps.intake.models import Coverage
from apps.practice.models import Payer
from apps.practice.selectors.payer_channels import Channel, Transaction, channels


def coverage_view(row: Coverage) -> CoverageView:
    subscriber = PersonView(
        row.subscriber_first_name, row.subscriber_last_name, row.subscriber_birth_date, row.subscriber_sex
    )
    return CoverageView(
        row.member_id,
        row.group_number,
        row.relationship,
        subscriber,
        row.starts_on,
        row.ends_on,
        row.medicare_secondary_reason,
    )


def claims_channels(payers: Iterable[Payer], *, on: date) -> dict[int, Channel]:
    """Under which id each payer is sent claims through the connected clearinghouse, and why it cannot be. Two queries."""
    through = adapter_in_use(Connection.Kind.CLEARINGHOUSE)
    return channels(payers, Transaction.CLAIMS, clearinghouse=through, on=on)


def status_channels(payers: Iterable[Payer], *, on: date) -> dict[int, Channel]:
    """The same for questions about claims; without an id of their own they go where the claims go. Four queries."""
    asked = list(payers)
    through = adapter_in_use(Connection.Kind.CLEARINGHOUSE)
    own = channels(asked, Transaction.CLAIM_STATUS, clearinghouse=through, on=on)
    usual = claims_channels(asked, on=on)
    return {
        payer.pk: usual[payer.pk]
        if own[payer.pk].identifier == payer.claims_id and not own[payer.pk].closed
        else own[payer.pk]
        for payer in asked
    }


def payer_view(row: Payer, channel: Channel, clocks: FilingClocks | None = None) -> PayerView:
    """Without `clocks` as of a payer that was asked before: nothing is filed with it now."""
    return PayerView(
        row.name,
        channel.identifier,
        row.filing_indicator,
        row.member_id_pattern,
        row.confirmed,
        clocks.first.get(row.pk) if clocks else None,
        clocks.further.get(row.pk, ()) if clocks else (),
        clocks.corrected.get(row.pk, ()) if clocks else (),
        clocks.renewed(row.pk) if clocks else (),
        channel.closed,
    )
