"""What stands around claims, any number of them in a constant number of queries: CMS's tables for their codes and days, other claims of the
same patient, provider and day, the last visit before, and what payers said of the coverages.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from django.db import connection

from apps.claims.models import Claim, ClaimLine, UnitEdition, UnitLimit
from apps.claims.rules.code_facts import Kind
from apps.claims.rules.snapshot import LineView
from apps.claims.rules.surroundings import LimitView, OtherLineView, Surroundings
from apps.claims.selectors.authorizations import authorizations_of, wanted_numbers
from apps.claims.selectors.code_facts import CodeBook, code_book
from apps.claims.selectors.diagnoses import diagnoses_on
from apps.claims.selectors.earlier_visits import last_visits
from apps.claims.selectors.history import EarlierLine, earlier_lines, hospice_elections, substitutions
from apps.claims.selectors.member_ids import shared_member_ids
from apps.claims.selectors.payers_words import payers_words, rivals
from apps.claims.selectors.persons import Persons, same_persons
from apps.claims.selectors.supervisors import supervisors_seen
from apps.claims.states import GIVEN_UP, WITH_US
from apps.core.plain_codes import whole_number

# Patient, provider, day: what one rendering provider did for one person on one day is judged together (NCCI policy manual, chapter I).
_Day = tuple[int, int, date]
_Pair = tuple[str, str]

_PAIRS = """
    SELECT p.column_1, p.column_2, p.effective_on, p.ends_on, p.indicator
    FROM unnest(%s::text[], %s::text[]) asked (column_1, column_2)
    JOIN claims_codepair p ON p.column_1 = asked.column_1 AND p.column_2 = asked.column_2
    WHERE p.indicator <> '9' AND p.effective_on <= %s AND (p.ends_on IS NULL OR p.ends_on >= %s)
    ORDER BY p.effective_on"""


def surroundings(
    claims: Collection[Claim], lines: Mapping[int, Sequence[LineView]], left_out: Mapping[int, Sequence[LineView]]
) -> dict[int, Surroundings]:
    """Claim's key to what its rules know beyond it. `lines` are the claims' own, `left_out` those that an earlier sending bore: decided
    and not sent again, they stand beside the others like another claim of that day that went ahead.
    """
    if not claims:
        return {}
    persons = same_persons(claims)
    others = _same_day(claims, persons)
    same_day = {claim.pk: (*_sent_before(claim, left_out[claim.pk]), *others[claim.pk]) for claim in claims}
    codes = {
        claim.pk: {line.procedure for line in lines[claim.pk]} | {line.procedure for line in same_day[claim.pk]}
        for claim in claims
    }
    pairs, limits = _pairs(claims, codes), _limits(claims, codes)
    seen = last_visits(claims, codes, persons)
    earlier = earlier_lines(claims, persons)
    said = {claim.pk: {modifier for line in lines[claim.pk] for modifier in line.modifiers} for claim in claims}
    book = code_book(*_asked(claims, {key: codes[key] | said[key] for key in codes}, earlier))
    substituted, hospice = substitutions(claims, lines), hospice_elections(claims)
    supervisors, on_file, wanted = supervisors_seen(claims), authorizations_of(claims), wanted_numbers(claims, lines)
    words, rivalling, diagnoses = payers_words(claims), rivals(claims), diagnoses_on(claims)
    shared = shared_member_ids(claims)
    return {
        claim.pk: Surroundings(
            pairs=pairs[claim.pk],
            limits=limits[claim.pk],
            same_day=same_day[claim.pk],
            seen_on=seen.get(claim.pk),
            known=book.known(codes[claim.pk] | said[claim.pk], claim.service_date),
            wants_drug_number=book.wants_drug_number(claim),
            earlier=tuple(line.seen_from(claim, _global_days(line, book)) for line in earlier[claim.pk]),
            substituted_since=substituted.get(claim.pk),
            hospice_since=hospice.get(claim.pk),
            word=words.get(claim.pk),
            rivals=rivalling.get(claim.pk, ()),
            diagnoses=diagnoses.get(claim.pk),
            supervisor_seen=supervisors.get(claim.pk),
            authorizations=on_file.get(claim.pk, ()),
            wanted=wanted.get(claim.pk, {}),
            id_of_another=claim.pk in shared,
        )
        for claim in claims
    }


def _asked(
    claims: Collection[Claim], codes: Mapping[int, set[str]], earlier: Mapping[int, Sequence[EarlierLine]]
) -> tuple[set[str], set[date]]:
    """The codes and days of which something may be known that a rule asks for."""
    before = [line for lines in earlier.values() for line in lines]
    return (
        set().union(*codes.values(), {line.procedure for line in before}),
        {claim.service_date for claim in claims} | {line.day for line in before},
    )


def _global_days(line: EarlierLine, book: CodeBook) -> int:
    days = book.known({line.procedure}, line.day).of(Kind.GLOBAL, line.procedure)
    return whole_number(days) or 0


class _Row(NamedTuple):
    """A line and what is needed of its claim; a model's object for each would cost more than all the rules."""

    claim: int
    encounter: int
    patient: int
    provider: int
    day: date
    status: str
    number: str
    procedure: str
    modifiers: list[str]
    units: Decimal


_COLUMNS = (
    "claim_id",
    "claim__encounter_id",
    "claim__patient_id",
    "claim__provider_id",
    "claim__service_date",
    "claim__status",
    "claim__control_number",
    "procedure",
    "modifiers",
    "units",
)


def _same_day(claims: Collection[Claim], persons: Persons) -> dict[int, tuple[OtherLineView, ...]]:
    """Lines of other visits' claims; of each visit the claim to its first payer stands for it."""
    rows = (
        ClaimLine.objects.filter(
            claim__patient__in=set(persons),
            claim__provider__in={claim.provider_id for claim in claims},
            claim__service_date__in={claim.service_date for claim in claims},
            claim__payer_rank=1,
        )
        .exclude(claim__status__in=GIVEN_UP)
        .order_by("claim_id", "number")
        .values_list(*_COLUMNS)
    )
    days: defaultdict[_Day, list[_Row]] = defaultdict(list)
    for row in map(_Row._make, rows):
        for patient in persons[row.patient]:
            days[patient, row.provider, row.day].append(row)
    return {
        claim.pk: tuple(
            _other(row, claim)
            for row in days[claim.patient_id, claim.provider_id, claim.service_date]
            if row.encounter != claim.encounter_id
        )
        for claim in claims
    }


def _sent_before(claim: Claim, lines: Sequence[LineView]) -> tuple[OtherLineView, ...]:
    return tuple(OtherLineView(claim.control_number, line.procedure, line.modifiers, line.units) for line in lines)


def _other(row: _Row, claim: Claim) -> OtherLineView:
    ahead = row.status not in WITH_US or row.claim < claim.pk
    return OtherLineView(row.number, row.procedure, tuple(row.modifiers), row.units, ahead)


def _pairs(claims: Collection[Claim], codes: Mapping[int, set[str]]) -> dict[int, dict[_Pair, str]]:
    """Of each claim the pairs among its day's codes that were in force on that day."""
    asked = {(one, two) for each in codes.values() for one in each for two in each if one != two}
    if not asked:
        return {claim.pk: {} for claim in claims}
    days = [claim.service_date for claim in claims]
    with connection.cursor() as cursor:
        cursor.execute(_PAIRS, [*map(list, zip(*asked, strict=True)), max(days), min(days)])
        rows: list[tuple[str, str, date, date | None, str]] = cursor.fetchall()
    return {
        claim.pk: {
            (one, two): indicator
            for one, two, begins, ends, indicator in rows
            if {one, two} <= codes[claim.pk]
            and begins <= claim.service_date
            and (ends is None or claim.service_date <= ends)
        }
        for claim in claims
    }


def _limits(claims: Collection[Claim], codes: Mapping[int, set[str]]) -> dict[int, dict[str, LimitView]]:
    """Of each claim the limits of its codes in the edition of its day; before the first edition none is known."""
    editions = dict(UnitEdition.objects.order_by("effective_on").values_list("effective_on", "pk"))
    begins = list(editions)
    of_claim: dict[int, int] = {}
    for claim in claims:
        place = bisect_right(begins, claim.service_date)
        if place:
            of_claim[claim.pk] = editions[begins[place - 1]]
    asked = set().union(*codes.values()) if codes else set()
    rows = UnitLimit.objects.filter(edition__in=set(of_claim.values()), code__in=asked)
    known = {
        (edition, code): LimitView(most, adjudication)
        for edition, code, most, adjudication in rows.values_list("edition_id", "code", "most", "adjudication")
    }
    return {
        claim.pk: {
            code: known[edition, code]
            for edition in [of_claim.get(claim.pk)]
            if edition is not None
            for code in codes[claim.pk]
            if (edition, code) in known
        }
        for claim in claims
    }
