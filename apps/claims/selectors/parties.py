"""Rows of coverages and payers as the rules see them."""

from apps.claims.rules.snapshot import CoverageView, FilingClock, PayerView, PersonView
from apps.intake.models import Coverage
from apps.practice.models import Payer


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


def payer_view(row: Payer, filing_days: int | None = None, further_filing: FilingClock | None = None) -> PayerView:
    return PayerView(
        row.name, row.claims_id, row.filing_indicator, row.member_id_pattern, row.confirmed, filing_days, further_filing
    )
