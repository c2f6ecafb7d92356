import pytest
from hypothesis import given
from hypothesis import strategies as st

from apps.automations.spoken_times import NotUnderstoodError, Times, understood
from apps.automations.wording import spoken

WEEKDAYS = (1, 2, 3, 4, 5)


@pytest.mark.parametrize(
    ("words", "times"),
    [
        ("6:30 PM", Times((18,), (30,))),
        ("6:30pm every day", Times((18,), (30,))),
        ("18:30", Times((18,), (30,))),
        ("noon, weekdays", Times((12,), (0,), WEEKDAYS)),
        ("12 AM", Times((0,), (0,))),
        ("7:10 a.m., Monday to Friday.", Times((7,), (10,), WEEKDAYS)),
        ("9:15 AM and 2:15 PM on Mondays, Wed and sunday", Times((9, 14), (15,), (0, 1, 3))),
        ("8 AM, Friday to Monday", Times((8,), (0,), (0, 1, 5, 6))),
        ("every hour from 7:45 AM to 10:45 PM", Times(tuple(range(7, 23)), (45,))),
        ("every hour from 7:45 AM to 11 PM", Times(tuple(range(7, 23)), (45,))),
        ("Every 2 hours from 6 AM to 10 PM, daily", Times(tuple(range(6, 23, 2)), (0,))),
        ("every minute from noon to 12:59 PM", Times((12,), tuple(range(60)))),
        ("every hour at 15 and 45 past", Times(tuple(range(24)), (15, 45))),
        ("every 20 minutes from 7 AM to 6:40 PM, weekdays", Times(tuple(range(7, 19)), (0, 20, 40), WEEKDAYS)),
        ("5 AM, on days 1 and 15 of the month", Times((5,), (0,), month_days=(1, 15))),
    ],
)
def test_what_a_person_may_write(words: str, times: Times) -> None:
    assert understood(words) == times


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("", "Say at what time."),
        ("teatime", "“teatime” is not a time of day"),
        ("13 PM", "“13 pm” is not a time of day"),
        ("9:15 AM and 2:30 PM", "the same minutes"),
        ("every 7 minutes", "5, 6, 10, 12, 15, 20, 30"),
        ("every 15 minutes from 7:20 AM to 9 PM", "that near to its hour"),
        ("every 24 hours", "from 1 to 23"),
        ("every hour at 75 past", "from 0 to 59"),
        ("every 30 minutes from 6 AM to 10 PM", "would stand alone in its hour"),
        ("every hour from 9 PM to 6 AM", "from midnight to midnight"),
        ("every now and then", "“every now and then” is not understood"),
        ("6 PM, Monday to Friday to Sunday", "is not understood"),
        ("6 PM, Monday and Wochenende", "“wochenende” is not a day of the week"),
        ("6 PM, on days 1 and 32 of the month", "from 1 to 31"),
    ],
)
def test_what_is_not_understood_says_why(words: str, said: str) -> None:
    with pytest.raises(NotUnderstoodError, match=said):
        understood(words)


def some(values: range) -> st.SearchStrategy[list[int]]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=8, unique=True).map(sorted)


def steps(values: range) -> st.SearchStrategy[list[int]]:
    starts = st.tuples(st.sampled_from(values), st.integers(1, len(values)))
    return starts.map(lambda drawn: list(range(drawn[0], values.stop, drawn[1])))


@given(
    hours=some(range(24)) | steps(range(24)),
    minutes=some(range(60)) | steps(range(60)),
    week_days=some(range(7)) | st.just(list(range(7))),
)
def test_every_schedule_is_read_back_from_its_words(hours: list[int], minutes: list[int], week_days: list[int]) -> None:
    words = spoken(hours, minutes, week_days, list(range(1, 32)))
    assert understood(words) == Times(tuple(hours), tuple(minutes), tuple(week_days)), words


@given(hours=some(range(24)), days=some(range(1, 31)))
def test_days_of_the_month_are_read_back_from_their_words(hours: list[int], days: list[int]) -> None:
    words = spoken(hours, [5], list(range(7)), days)
    assert understood(words) == Times(tuple(hours), (5,), month_days=tuple(days)), words


def test_the_words_of_the_usual_times() -> None:
    assert spoken([18], [30], list(range(7)), list(range(1, 32))) == "6:30 PM, every day"
    assert spoken(list(range(7, 23)), [45], list(WEEKDAYS), list(range(1, 32))) == (
        "every hour from 7:45 AM to 10:45 PM, Monday to Friday"
    )
    assert spoken(list(range(24)), [0, 30], [0, 6], list(range(1, 32))) == "every 30 minutes, on Sunday and Saturday"
