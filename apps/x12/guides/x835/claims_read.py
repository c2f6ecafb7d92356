"""Loops 2000 to 2110 and the PLB behind them: the claims as decided, one by one. A remittance may hold a hundred thousand of
them, so the frequent segments are read by their texts, and a `Segment` is made only of what is rare or wrong.
"""

from collections.abc import Iterator
from contextlib import suppress
from datetime import date
from decimal import Decimal
from typing import Any

from apps.x12.errors import ErrorKind
from apps.x12.feed import MOST_IN_A_LIST, Feed
from apps.x12.guides.extents import REMITTANCE
from apps.x12.guides.parts import Amount, DatedPeriod, Party, Reference
from apps.x12.guides.x835.levels import REMARK, Rare, close_claim, loosen, open_claim, open_line
from apps.x12.guides.x835.records import Adjustment, ProviderAdjustment, ProviderSummary, RemittedClaim, UnreadableClaim
from apps.x12.guides.x835.texts import GROUPS, LONGEST_CAS, Texts
from apps.x12.held import keep_more
from apps.x12.segments import Segment, UnreadableError
from apps.x12.swift import swift

RemittanceItem = RemittedClaim | UnreadableClaim | ProviderSummary | ProviderAdjustment

# NM101 and the field of the claim, but for the two that most claims have (QC, 82).
_ROLES = {
    "IL": "insured",
    "74": "corrected_insured",
    "TT": "crossover_payer",
    "PR": "corrected_payer",
    "GB": "other_subscriber",
}
# Their second letter tells them apart at a third of what taking their names costs. Their tables and readers look at the whole name,
# and what they refuse is looked at again by it.
_FREQUENT = frozenset({"CAS", "DTM", "REF", "AMT", "SVC", "NM1"})
_PADDING = [""] * 10
# 999 lines of 30 segments.
MOST_SEGMENTS = 30_000
# No segment of theirs is so long, the less all of them.
LONGEST_ON_AVERAGE = 1000
_CLP_ELEMENTS = 10
_LQ_ELEMENTS = 3
_NM1_ELEMENTS = 10
_REF_VALUE = 3  # elements up to the value

_new_adjustment = swift(Adjustment)
_new_amount = swift(Amount)
_new_period = swift(DatedPeriod)
_new_party = swift(Party)
_new_reference = swift(Reference)


class ClaimReader:
    """Reads one transaction from its first LX or CLP on."""

    def __init__(self, feed: Feed) -> None:
        self.feed = feed
        self.source = feed.source
        self.texts = Texts.of(feed.source)
        self._mark = mark = self.source.delimiters.element
        self._tables = self.texts.dates, self.texts.adjustments, self.texts.services, self.texts.amounts
        self._group_number = ""
        self._spoiled = 0  # the CLP of the claim of which an amount cannot be read
        self._rare: list[Rare] = []  # of the open claim
        self._remark = f"LQ{mark}"
        self._bounds = frozenset({"CLP", "PLB", "TS2", "TS3", f"LX{mark}"} | feed.stops)

    def items(self) -> Iterator[RemittanceItem]:  # noqa: C901, PLR0912, PLR0915  one loop: a call a segment costs a tenth of the time
        """Leaves the feed at the segment after the transaction's last."""
        dates_of, adjustments_of, services_of, amounts_of = self._tables
        claim = line = None
        owner: Any = None  # the open line, else the claim
        for texts, first in self.feed.lists():
            for number, text in enumerate(texts, start=first):
                if claim is not None:
                    try:
                        letter = text[1]
                        if letter == "T":
                            qualifier, day = dates_of[text]
                            if line is None:
                                claim.dates += (_new_period(qualifier, day, day, number),)
                            elif line.service_date is None and qualifier == "472":
                                line.service_date = day
                            else:
                                self._date(line, qualifier, day, text, number)
                            continue
                        if letter == "A":
                            for group, reason, amount, quantity in adjustments_of[text]:
                                owner.adjustments += (_new_adjustment(group, reason, amount, quantity, number),)
                            continue
                        if letter == "E":
                            self._refer(owner, line, text, number)
                            continue
                        if letter == "V":
                            line = owner = open_line(services_of[text], number)
                            claim.lines.append(line)
                            continue
                        if letter == "M" and text[0] == "A":
                            qualifier, dollars = amounts_of[text]
                            owner.amounts += (_new_amount(qualifier, dollars, number),)
                            continue
                        if line is None and letter == "M" and self._name(claim, text, number):
                            continue
                    except (ValueError, IndexError):
                        if self._spoil(claim, text, number):
                            continue
                    if text[:3] not in self._bounds:
                        self._look_again(claim, line, text, number)
                        continue
                    yield self._finished(claim, number)
                claim = line = None
                if text.startswith("CLP") and (row := text.split(self._mark))[0] == "CLP":
                    claim = owner = self._open(row, number)
                elif text[:3] in self.feed.stops:
                    self._keep_longer(texts[: number - first], first)
                    self.feed.back_to(number)
                    return
                else:
                    yield from self._between(self._segment(text, number))
            self._keep_longer(texts, first)
            if claim is not None and _is_endless(claim, texts, first):
                yield self._too_long(claim)
                claim = line = None
            elif claim is not None and _is_long(claim, number):
                loosen(owner)
        if claim is not None:
            yield self._finished(claim, number)

    def _look_again(self, claim: Any, line: Any, text: str, number: int) -> None:
        """At a segment of the claim that is not frequent, or has no place left."""
        if line is not None and text.startswith(self._remark):
            try:
                if _remark(line, text.split(self._mark)):
                    return
            except IndexError:
                self._spoil(claim, text, number)
                return
        self._rare.append((text, number, line or claim))

    def _keep_longer(self, texts: list[str], first: int) -> None:
        longer = self.texts.longer
        if longer:
            for number, text in enumerate(texts, start=first):
                if text in longer:
                    self.source.notes.keep_silently(self._segment(text, number))

    def _open(self, row: list[str], number: int) -> Any:
        self._rare = []
        if len(row) > _CLP_ELEMENTS and any(row[_CLP_ELEMENTS:]):
            self.source.notes.keep_silently(Segment(row, number, self.source))
        try:
            return open_claim(row, number, self._group_number, self.texts.money)
        except (ValueError, IndexError):
            self._spoiled = number
        clp = Segment(row, number, self.source)
        with suppress(UnreadableError):
            clp.money(3)
            clp.money(4)
            clp.optional_amount(5)
        # It still takes in the segments up to the next claim.
        return open_claim(["CLP", clp.text(1), "", "0", "0", ""], number, self._group_number, self.texts.money)

    def _segment(self, text: str, number: int) -> Segment:
        return Segment(self.source.split(text), number, self.source)

    def _between(self, segment: Segment) -> Iterator[RemittanceItem]:
        """What stands between claims."""
        match segment.id:
            case "LX":
                keep_more(segment, REMITTANCE)
                self._group_number = segment.text(1)
            case "TS3":
                keep_more(segment, REMITTANCE)
                yield _read_summary(segment, self._group_number)
            case "PLB":
                keep_more(segment, REMITTANCE)
                yield from _read_plb(segment)
            case "TS2":  # inpatient days and their cost: no practice posts them
                self.source.notes.keep_silently(segment)
            case _:
                self.source.notes.keep(segment)

    def _finished(self, claim: Any, number: int) -> RemittedClaim | UnreadableClaim:
        """A claim of which a dollar amount cannot be read is set apart; its errors are noted."""
        if claim.segment != self._spoiled:
            try:
                return close_claim(claim, self._rare, self.source, is_long=_is_long(claim, number))
            except UnreadableError:
                pass
        return UnreadableClaim(claim.control_number, claim.segment)

    def _too_long(self, claim: Any) -> UnreadableClaim:
        clp = Segment(["CLP"], claim.segment, self.source)
        clp.note_segment(ErrorKind.TOO_LONG, "A claim is longer than its guide allows.", "fewer segments")
        return UnreadableClaim(claim.control_number, claim.segment)

    def _spoil(self, claim: Any, text: str, number: int) -> bool:
        """Notes what cannot be read in a frequent segment; False for another. Without an amount the claim cannot be trusted; without a
        date it can.
        """
        if text[:3] not in _FREQUENT and not text.startswith(self._remark):
            return False
        try:
            _require(self._segment(text, number))
        except UnreadableError:
            if text[:3] in _MONEY:
                self._spoiled = claim.segment
        return True

    def _date(self, line: Any, qualifier: str, day: date, text: str, number: int) -> None:
        """Of a line: it has one date of service, or its first and last. What says something else beside them is rare."""
        if line.service_date is None and qualifier in ("472", "150"):
            line.service_date = day
        elif line.service_end_date is None and qualifier == "151":
            line.service_end_date = day
        else:
            said = {"472": line.service_date, "150": line.service_date, "151": line.service_end_date}
            if said.get(qualifier) != day:
                self._rare.append((text, number, line))

    def _refer(self, owner: Any, line: Any, text: str, number: int) -> None:
        """Raises IndexError where the segment is too short, ValueError where it is no REF."""
        row = text.split(self._mark)
        if row[0] != "REF":
            raise ValueError(row[0])
        taken = _REF_VALUE
        if line is not None and row[1] == "6R" and not line.control_number:
            line.control_number = row[2]
        else:
            taken += 1
            description = row[_REF_VALUE] if len(row) > _REF_VALUE else ""
            owner.references += (_new_reference(row[1], row[2], description, number),)
        if len(row) > taken:
            self._rare.append((text, number, None))

    def _name(self, claim: Any, text: str, number: int) -> bool:
        """False for a role that no claim has, or that is taken. Raises IndexError where nothing is said, ValueError where it is no NM1."""
        row = text.split(self._mark)
        if row[0] != "NM1":
            raise ValueError(row[0])
        role = row[1]
        if len(row) < _NM1_ELEMENTS:
            row += _PADDING
        party = _new_party(row[3], row[4], row[5], row[7], row[2] == "1", row[8], row[9], role, number)
        if role == "QC" and claim.patient is None:
            claim.patient = party
        elif role == "82" and claim.rendering is None:
            claim.rendering = party
        elif (place := _ROLES.get(role)) and getattr(claim, place) is None:
            setattr(claim, place, party)
        else:
            return False
        if row[6] or (len(row) > _NM1_ELEMENTS and any(row[_NM1_ELEMENTS:])):
            self._rare.append((text, number, None))
        return True


def _is_long(claim: Any, number: int) -> bool:
    return number - claim.segment > MOST_IN_A_LIST  # type: ignore[no-any-return]


def _is_endless(claim: Any, texts: list[str], first: int) -> bool:
    """Has more segments before these than a claim can have, or these are no segments."""
    before: int = first - claim.segment
    if before > MOST_SEGMENTS:
        return True
    return before > MOST_IN_A_LIST and sum(map(len, texts)) > LONGEST_ON_AVERAGE * len(texts)


def _require(segment: Segment) -> None:
    """Notes what its record needs and cannot be read. Raises UnreadableError where nothing can be taken of it."""
    if len(segment.id) > _LONGEST_NAME:  # "CASX": nobody knows what it was
        segment.source.notes.keep(segment)
        raise UnreadableError
    match segment.id:
        case "CAS":
            _check_adjustments(segment)
        case "SVC":
            segment.money(2)
            segment.money(3)
            segment.optional_amount(5)
            segment.optional_amount(7)
        case "AMT":
            segment.money(2)
        case "DTM":
            segment.required(2)
            segment.day(2)
        case _:  # REF, NM1: not long enough
            segment.required(1)
            segment.required(2)


def _remark(line: Any, row: list[str]) -> bool:
    """False for a code of another kind than a RARC. Raises IndexError where the segment is too short."""
    if row[1] != REMARK or len(row) > _LQ_ELEMENTS:
        return False
    if row[2]:
        line.remark_codes += (row[2],)
    return True


_LONGEST_NAME = 3
_MONEY = frozenset({"CAS", "SVC", "AMT"})


def _check_adjustments(cas: Segment) -> None:
    if cas.required(1) not in GROUPS:
        cas.note(ErrorKind.NOT_A_CODE, 1, "CO, OA, PI or PR")
        raise UnreadableError
    if len(cas.elements) > LONGEST_CAS:
        cas.note_segment(ErrorKind.TOO_MANY, "A CAS names more adjustments than any.", "at most six adjustments")
        raise UnreadableError
    for at in range(2, len(cas.elements), 3):  # pragma: no branch  only a CAS with something wrong in it comes here
        if any(cas.elements[at : at + 3]):
            cas.required(at)
            cas.money(at + 1)
            cas.optional_amount(at + 2)


def _read_summary(ts3: Segment, group_number: str) -> ProviderSummary:
    return ProviderSummary(
        provider_id=ts3.text(1),
        place_of_service=ts3.text(2),
        fiscal_date=ts3.day(3),
        claims=ts3.optional_number(4),
        charge=ts3.optional_money(5),
        group_number=group_number,
        segment=ts3.number,
    )


def _read_plb(plb: Segment) -> Iterator[ProviderAdjustment]:
    """Up to six pairs of reason (with reference) and amount. One without a reason or a readable amount is left out; its error says
    so and the payment does not balance.
    """
    fiscal_date = plb.day(2)
    for at in range(3, len(plb.elements), 2):
        if not any(plb.texts(at, at + 1)):
            continue
        try:
            plb.required(at)
            reason, reference = plb.components(at, 2)[:2]
            amount: Decimal = plb.money(at + 1)
        except UnreadableError:
            continue
        yield ProviderAdjustment(plb.text(1), fiscal_date, reason, reference, amount, plb.number)
