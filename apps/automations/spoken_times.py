"""A schedule as an administrator writes it: "6:30 PM, Monday to Friday"; "every 2 hours from 6 AM to 10 PM". The reverse of `wording`.

A crontab holds one set of hours and one set of minutes: what does not fit that is refused with the reason.
"""

import re
from dataclasses import dataclass
from typing import TypeAlias

from apps.automations.wording import DAYS, MINUTES_AN_HOUR

Clock: TypeAlias = tuple[int, int]
_EVERY_DAY = tuple(range(7))
_ALL_MONTH = tuple(range(1, 32))
_EXAMPLES = (
    "Write for example “6:30 PM, Monday to Friday”, “9:15 AM and 2:15 PM” or “every 2 hours from 6 AM to 10 PM”."
)
_TWELVE = re.compile(r"(\d{1,2})(?::(\d{2}))? ?([ap])\.?m\.?")
_TWENTY_FOUR = re.compile(r"(\d{1,2}):(\d{2})")
_NAMED: dict[str, Clock] = {"noon": (12, 0), "midnight": (0, 0)}
_NUMBERS = r"\d{1,2}(?:(?:, ?| and )\d{1,2})*"
_RHYTHM = re.compile(
    rf"every (?:(?P<number>\d{{1,2}}) )?(?P<unit>hour|minute)s?(?: at (?P<past>{_NUMBERS}) past)?(?: from (?P<first>.+) to (?P<last>.+))?"
)
_DAY_WORD = "|".join(f"{name[:3].lower()}(?:{name[3:]})?s?" for name in DAYS)
_DAYS = re.compile(rf",? (?:on )?(?P<days>(?:every day|daily|weekdays|(?:day|the)s? {_NUMBERS}|{_DAY_WORD})\b.*)")
_MONTH_DAYS = re.compile(rf"(?:days?|the) ({_NUMBERS}) of (?:the|each|every) month")
# Distances that make every hour the same.
_MINUTE_STEPS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30)


class NotUnderstoodError(ValueError):
    """What is wrong with the words and how to write them, in a sentence for the person who wrote them."""


@dataclass(frozen=True, slots=True)
class Times:
    """Each ascending; days of the week from Sunday = 0. All seven and all 31 mean every day."""

    hours: tuple[int, ...]
    minutes: tuple[int, ...]
    week_days: tuple[int, ...] = _EVERY_DAY
    month_days: tuple[int, ...] = _ALL_MONTH


def understood(words: str) -> Times:
    """Raises NotUnderstoodError."""
    text = " ".join(words.lower().split()).rstrip(".")
    found = _DAYS.search(text)
    when, days = (text[: found.start()], found["days"]) if found else (text, "every day")
    hours, minutes = _rhythm(when) if when.startswith("every") else _clocks(when)
    week_days, month_days = _days(days)
    return Times(_ascending(hours), _ascending(minutes), _ascending(week_days), _ascending(month_days))


def _ascending(numbers: set[int]) -> tuple[int, ...]:
    return tuple(sorted(numbers))


def _parts(text: str) -> list[str]:
    return [part.strip() for part in re.split(r",(?: and )?| and ", text) if part.strip()]


def _clock(text: str) -> Clock:
    if text in _NAMED:
        return _NAMED[text]
    if found := _TWELVE.fullmatch(text):
        hour, minute = int(found[1]), int(found[2] or 0)
        if 1 <= hour <= 12 and minute < MINUTES_AN_HOUR:
            return hour % 12 + (12 if found[3] == "p" else 0), minute
    elif found := _TWENTY_FOUR.fullmatch(text):
        hour, minute = int(found[1]), int(found[2])
        if hour < 24 and minute < MINUTES_AN_HOUR:
            return hour, minute
    raise NotUnderstoodError(f"“{text}” is not a time of day. {_EXAMPLES}")


def _clocks(text: str) -> tuple[set[int], set[int]]:
    clocks = {_clock(part) for part in _parts(text)}
    if not clocks:
        raise NotUnderstoodError(f"Say at what time. {_EXAMPLES}")
    hours, minutes = {hour for hour, _ in clocks}, {minute for _, minute in clocks}
    if len(clocks) != len(hours) * len(minutes):
        raise NotUnderstoodError(
            "Give each hour the same minutes, for example “9:15 AM and 2:15 PM”: one job keeps one set of them."
        )
    return hours, minutes


def _rhythm(text: str) -> tuple[set[int], set[int]]:
    found = _RHYTHM.fullmatch(text)
    if found is None:
        raise NotUnderstoodError(f"“{text}” is not understood. {_EXAMPLES}")
    number = int(found["number"] or 1)
    first = _clock(found["first"]) if found["first"] else (0, 0)
    last = _clock(found["last"]) if found["last"] else (23, MINUTES_AN_HOUR - 1)
    if found["unit"] == "minute":
        every, minutes = 1, _minutes_of_each_hour(number, first[1])
    else:
        every, minutes = number, {int(part) for part in _parts(found["past"] or str(first[1]))}
    if not 1 <= every <= 23 or max(minutes) >= MINUTES_AN_HOUR:
        raise NotUnderstoodError("Hours between two runs go from 1 to 23, minutes past the hour from 0 to 59.")
    hours = {hour for hour in range(first[0], last[0] + 1, every) if (hour, max(minutes)) <= last}
    if found["last"] and _is_cut_off(last, first[0], every, minutes, hours):
        raise NotUnderstoodError(
            "The last of these runs would stand alone in its hour: end with the last minute of an hour's runs, for example at 6:45 PM."
        )
    if not hours or min(minutes) < first[1]:
        raise NotUnderstoodError(
            "No whole hour of these minutes lies between the two times. A job's day goes from midnight to midnight."
        )
    return hours, minutes


def _is_cut_off(last: Clock, first_hour: int, every: int, minutes: set[int], hours: set[int]) -> bool:
    """Whether the time to which it goes would be a run, and is left out since its hour's other runs come later."""
    would_run = last[1] in minutes and (last[0] - first_hour) % every == 0
    return would_run and last[0] not in hours and len(minutes) > 1


def _minutes_of_each_hour(step: int, first: int) -> set[int]:
    if step not in _MINUTE_STEPS or first >= step:
        known = ", ".join(map(str, _MINUTE_STEPS))
        raise NotUnderstoodError(
            f"Minutes between two runs are one of {known}, and the first run lies that near to its hour: every hour is the same."
        )
    return set(range(first, MINUTES_AN_HOUR, step))


def _days(text: str) -> tuple[set[int], set[int]]:
    if text in {"every day", "daily"}:
        return set(_EVERY_DAY), set(_ALL_MONTH)
    if text == "weekdays":
        return {1, 2, 3, 4, 5}, set(_ALL_MONTH)
    if found := _MONTH_DAYS.fullmatch(text):
        days = {int(part) for part in _parts(found[1])}
        if not days <= set(_ALL_MONTH):
            raise NotUnderstoodError("Days of the month go from 1 to 31.")
        return set(_EVERY_DAY), days
    return {day for part in _parts(text) for day in _week_days(part)}, set(_ALL_MONTH)


def _week_days(text: str) -> list[int]:
    """One day, or "Monday to Friday", which may go over the end of the week."""
    ends = [_week_day(word) for word in text.split(" to ")]
    if len(ends) > 2:
        raise NotUnderstoodError(
            f"“{text}” is not understood. Write days as “Monday to Friday” or “Monday, Wednesday”."
        )
    length = (ends[-1] - ends[0]) % 7 + 1
    return [(ends[0] + place) % 7 for place in range(length)]


def _week_day(word: str) -> int:
    for number, name in enumerate(DAYS):
        if word.removesuffix("s") in {name.lower(), name[:3].lower()}:
            return number
    raise NotUnderstoodError(
        f"“{word}” is not a day of the week. Write days as “Monday to Friday” or “Monday, Wednesday”."
    )
