"""The practice's appointment book. A day's visits are a function of the seed and the date; the clock reveals them."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from functools import cache

import holidays

from .chance import Chance
from .encounters import Line, encounter
from .knobs import Knobs
from .people import COUNT as PATIENT_COUNT
from .people import FIRST_ID, SATELLITE_COUNT, SATELLITE_FIRST_ID, People
from .practice import LOCATIONS, PROVIDERS, SATELLITE, ZONE

LONGEST_LEAD = timedelta(days=21)
SATELLITE_VISITS = 4


@dataclass(frozen=True)
class Visit:
    id: int
    day: date
    start: datetime
    checkout: datetime
    patient: int
    provider: int
    office: int
    booked_at: datetime
    fate: str  # "Complete", "Cancelled" or "No Show"
    settled_at: datetime  # when the fate shows: checkout, the cancellation, or half an hour after the start
    charges_at: datetime
    diagnoses: tuple[str, ...]
    lines: tuple[Line, ...]

    def status(self, now: datetime) -> str:
        return self.fate if self.settled_at <= now else ""

    def charges_visible(self, now: datetime) -> bool:
        return self.fate == "Complete" and self.charges_at <= now

    def updated_at(self, now: datetime) -> datetime:
        moments = [self.booked_at, self.settled_at]
        if self.fate == "Complete":
            moments.append(self.charges_at)
        return max(moment for moment in moments if moment <= now)


@cache
def _holidays(year: int) -> frozenset[date]:
    return frozenset(holidays.country_holidays("US", years=year))


def is_business_day(day: date) -> bool:
    return day.weekday() < 5 and day not in _holidays(day.year)


def next_business_day(day: date) -> date:
    day += timedelta(days=1)
    while not is_business_day(day):
        day += timedelta(days=1)
    return day


def business_day_from(day: date) -> date:
    return day if is_business_day(day) else next_business_day(day)


def local(day: date, hour: int, minute: int = 0) -> datetime:
    return datetime.combine(day, time(hour, minute), ZONE)


class Schedule:
    def __init__(self, chance: Chance, knobs: Knobs, people: People) -> None:
        self.chance, self.knobs, self.people = chance, knobs, people
        self._days: dict[date, tuple[Visit, ...]] = {}
        self._satellite: dict[date, tuple[Visit, ...]] = {}

    def on(self, day: date) -> tuple[Visit, ...]:
        if day not in self._days:
            self._days[day] = tuple(self._book(day)) if is_business_day(day) else ()
        return self._days[day]

    def between(self, first: date, last: date) -> Iterator[Visit]:
        for offset in range((last - first).days + 1):
            yield from self.on(first + timedelta(days=offset))

    def find(self, visit_id: int) -> Visit | None:
        text = str(visit_id)
        if len(text) != 9 or not text.isdigit():
            return None
        try:
            day = date(2000 + int(text[:2]), int(text[2:4]), int(text[4:6]))
        except ValueError:
            return None
        return next((visit for visit in self.on(day) if visit.id == visit_id), None)

    def satellite_on(self, day: date) -> tuple[Visit, ...]:
        if day not in self._satellite:
            self._satellite[day] = tuple(self._book_satellite(day)) if is_business_day(day) else ()
        return self._satellite[day]

    def _book(self, day: date) -> Iterator[Visit]:
        count = self.knobs.visits_per_day
        order = self.chance.sample(range(FIRST_ID, FIRST_ID + PATIENT_COUNT), count, "booked", day)
        per_provider = -(-count // len(PROVIDERS))
        slot_minutes = max(4, min(30, 480 // per_provider))
        for slot, patient in enumerate(order):
            place = slot // len(PROVIDERS)
            minutes = 480 + place * slot_minutes
            start = local(day, 0) + timedelta(minutes=minutes + 60 if minutes >= 720 else minutes)
            provider = PROVIDERS[slot % len(PROVIDERS)]
            office = LOCATIONS[(slot + day.toordinal()) % len(LOCATIONS)].id
            yield self._visit(int(f"{day:%y%m%d}{slot:03d}"), start, patient, provider.id, office)

    def _book_satellite(self, day: date) -> Iterator[Visit]:
        pool = range(SATELLITE_FIRST_ID, SATELLITE_FIRST_ID + SATELLITE_COUNT)
        for slot, patient in enumerate(self.chance.sample(pool, SATELLITE_VISITS, "satellite", day)):
            start = local(day, 9) + timedelta(minutes=40 * slot)
            yield self._visit(int(f"{day:%y%m%d}{900 + slot}"), start, patient, PROVIDERS[3].id, SATELLITE.id)

    def _visit(self, visit_id: int, start: datetime, patient: int, provider: int, office: int) -> Visit:
        day = start.date()
        checkout = start + timedelta(minutes=self.chance.between(18, 42, "stay", visit_id))
        fate = self.chance.weighted({"No Show": 0.035, "Cancelled": 0.03}, "fate", visit_id) or "Complete"
        diagnoses, lines = encounter(self.chance, self.knobs, self.people.patient(patient), visit_id)
        return Visit(
            id=visit_id, day=day, start=start, checkout=checkout, patient=patient, provider=provider, office=office,
            booked_at=self._booked_at(visit_id, day), fate=fate,
            settled_at={
                "Complete": checkout, "No Show": start + timedelta(minutes=30), "Cancelled": local(day, 7, 40),
            }[fate],
            charges_at=self._charges_at(visit_id, checkout), diagnoses=diagnoses, lines=lines,
        )  # fmt: skip

    def _booked_at(self, visit_id: int, day: date) -> datetime:
        if self.chance.happens(0.06, "short notice", visit_id):
            return local(day, 7, self.chance.between(0, 35, "booked minute", visit_id))
        lead = self.chance.between(2, LONGEST_LEAD.days, "lead", visit_id)
        return local(day - timedelta(days=lead), self.chance.between(9, 16, "booked hour", visit_id))

    def _charges_at(self, visit_id: int, checkout: datetime) -> datetime:
        late = 1 - self.knobs.charges_at_checkout
        how = self.chance.weighted(
            {"next day": self.knobs.charges_next_day, "later": late - self.knobs.charges_next_day}, "entered", visit_id
        )
        if how == "next day":
            return local(next_business_day(checkout.date()), 8, self.chance.between(20, 59, "entered at", visit_id))
        closing = local(checkout.date(), 17, 55)
        if how == "later" and checkout < closing:
            return min(closing, checkout + timedelta(minutes=self.chance.between(50, 180, "entered after", visit_id)))
        return checkout
