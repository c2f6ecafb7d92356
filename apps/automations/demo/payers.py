"""What the demo practice knows of its invented payers beyond name and id: channels, further deadlines, telehealth."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from apps.practice.models import Payer, PayerChannel, PayerDeadline, TelehealthPolicy

CLEARINGHOUSE = "waystar"
VERIFIED_BY = "Demo practice"
Kind, From = PayerDeadline.Kind, PayerDeadline.CountedFrom
Transaction, Can, Enrollment = PayerChannel.Transaction, PayerChannel.Capability, PayerChannel.Enrollment
Modifier, Place = TelehealthPolicy.Modifier, TelehealthPolicy.Place
# Days, counted from what, and where the invented payer's manual says so. Payers that are not named here have no such deadline on
# record: their claims and denials show "not configured" first, as in life.
Limits = Mapping[str, tuple[int, str, str]]
DEADLINES: Mapping[str, Limits] = {
    "LPHP1": {
        Kind.APPEAL_1: (180, From.REMITTANCE, "Lone Prairie provider manual, chapter 7"),
        Kind.APPEAL_2: (60, From.DECISION, "Lone Prairie provider manual, chapter 7"),
        Kind.CORRECTED_FILING: (365, From.SERVICE, "Lone Prairie provider manual, chapter 6"),
        Kind.RECORDS: (45, From.REQUEST, "Lone Prairie provider manual, chapter 5"),
    },
    "BBMU2": {Kind.APPEAL_1: (120, From.REMITTANCE, "Bluebonnet provider manual, section 4.2")},
    "CPRK3": {
        Kind.APPEAL_1: (60, From.REMITTANCE, "Caprock claims guide, page 31"),
        Kind.CORRECTED_FILING: (180, From.SERVICE, "Caprock claims guide, page 27"),
    },
    "FSPB5": {
        Kind.APPEAL_1: (120, From.RECEIPT, "42 CFR 405.942: redetermination"),
        Kind.APPEAL_2: (180, From.DECISION, "42 CFR 405.962: reconsideration"),
        Kind.APPEAL_3: (60, From.DECISION, "42 CFR 405.1014: hearing"),
        Kind.REOPENING: (365, From.RECEIPT, "42 CFR 405.980(b)(1): within one year for any reason"),
        Kind.CORRECTED_FILING: (365, From.SERVICE, "42 CFR 424.44(a): one calendar year"),
    },
    "SGMC6": {Kind.APPEAL_1: (120, From.REMITTANCE, "Star Gulf provider handbook, section 6")},
}
# Two guides of the same payer that disagree: both are kept, the earlier one counts.
DISAGREES = ("CPRK3", Kind.APPEAL_1, 90, From.REMITTANCE, "Caprock web page for providers, Appeals")
CORRECTION_SOURCES = {
    "LPHP1": "Lone Prairie provider manual, chapter 6",
    "FSPB5": "Medicare Claims Processing Manual, chapter 34: no replacement claims in Part B",
}


def complete(payers: Iterable[Payer], filing_days: Mapping[str, int], *, today: date) -> None:
    """`filing_days`: of first claims, by payer ID for claims."""
    rows = list(payers)
    verified_on = today - timedelta(days=30)
    PayerDeadline.objects.bulk_create(
        deadline for payer in rows for deadline in _deadlines(payer, filing_days[payer.claims_id], verified_on)
    )
    PayerChannel.objects.bulk_create(channel for payer in rows for channel in _channels(payer, today))
    TelehealthPolicy.objects.bulk_create(
        _telehealth({payer.claims_id: payer for payer in rows}, date(today.year, 1, 1))
    )


def _deadlines(payer: Payer, filing_days: int, verified_on: date) -> Iterable[PayerDeadline]:
    filing = (filing_days, From.SERVICE, f"{payer.name}: provider agreement, timely filing")
    told = [(kind, *limit) for kind, limit in {Kind.FILING: filing, **DEADLINES.get(payer.claims_id, {})}.items()]
    told += [DISAGREES[1:]] if payer.claims_id == DISAGREES[0] else []
    for kind, days, counted_from, source in told:
        yield PayerDeadline(
            payer=payer,
            kind=kind,
            days=days,
            counted_from=counted_from,
            source=source,
            verified_on=verified_on,
            verified_by=VERIFIED_BY,
        )


def _channels(payer: Payer, today: date) -> Iterable[PayerChannel]:
    """Everything that the demo's day needs is open; one payer's EFT is still on paper, one was applied for."""
    since = today - timedelta(days=400)
    funds = {"HCET7": (Enrollment.TO_DO, None), "MQNL8": (Enrollment.APPLIED, today - timedelta(days=12))}
    state, on = funds.get(payer.claims_id, (Enrollment.ACTIVE, since))
    for transaction in (Transaction.CLAIMS, Transaction.ELIGIBILITY):
        yield _channel(payer, transaction, Enrollment.NOT_NEEDED, None)
    yield _channel(payer, Transaction.REMITTANCE, Enrollment.ACTIVE, since)
    yield _channel(payer, Transaction.FUNDS, state, on, clearinghouse="")


def _channel(
    payer: Payer,
    transaction: PayerChannel.Transaction,
    enrollment: PayerChannel.Enrollment,
    on: date | None,
    clearinghouse: str = CLEARINGHOUSE,
) -> PayerChannel:
    return PayerChannel(
        payer=payer,
        clearinghouse=clearinghouse,
        transaction=transaction,
        capability=Can.CAN,
        enrollment=enrollment,
        enrollment_on=on,
    )


def _telehealth(payers: Mapping[str, Payer], starts_on: date) -> Iterable[TelehealthPolicy]:
    """Original Medicare: place 10 at home, 02 elsewhere, 93 for audio only, 95 not from an office; 98000 to 98015 not taken."""
    yield TelehealthPolicy(
        payer=payers["FSPB5"],
        starts_on=starts_on,
        places=[Place.ELSEWHERE, Place.HOME],
        video_modifier=Modifier.NONE,
        audio_modifier=Modifier.AUDIO,
        takes_98000=False,
        source="CMS, Medicare telehealth services; MLN901705",
    )
    yield TelehealthPolicy(
        payer=payers["LPHP1"],
        starts_on=starts_on,
        places=[Place.ELSEWHERE, Place.HOME],
        video_modifier=Modifier.SYNCHRONOUS,
        audio_modifier=Modifier.AUDIO,
        source="Lone Prairie provider manual, chapter 9",
    )
