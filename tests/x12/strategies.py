"""Any records that can be written, for round trips. Text is what survives `Writer.free` unchanged."""

import string
from datetime import date, time
from decimal import Decimal
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from apps.x12.guides.parts import Address, Amount, Contact, DatedPeriod, Party, Quantity, Reference

# Whole files are large examples; the machine that tests them may be slow.
any_record = settings(suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large])

_LETTERS = string.ascii_letters + string.digits + "'-.,/#&()"

ids = st.text(string.ascii_uppercase + string.digits, min_size=1, max_size=12)
texts = st.lists(st.text(_LETTERS, min_size=1, max_size=8), min_size=1, max_size=3).map(" ".join)
money = st.decimals(Decimal("-99999.99"), Decimal("99999.99"), places=2)
days = st.dates(date(1900, 1, 1), date(2099, 12, 31))
times = st.builds(time, st.integers(0, 23), st.integers(0, 59), st.integers(0, 59))
numbers = st.integers(0, 99999)
codes = st.sampled_from(["45", "1", "A7", "30"])


def maybe(strategy: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.none() | strategy


def some(strategy: st.SearchStrategy[Any], *, least: int = 0, most: int = 2) -> st.SearchStrategy[Any]:
    return st.lists(strategy, min_size=least, max_size=most).map(tuple)


words = st.just("") | texts
keys = st.just("") | ids
addresses = st.builds(Address, texts, words, texts, st.just("IL"), st.just("62704"), keys)
contacts = st.builds(Contact, name=words, phone=ids, email=keys, function=st.just("IC"))
references = st.builds(Reference, st.sampled_from(["ZZ", "0B", "1W"]), ids, words)
amounts = st.builds(Amount, st.sampled_from(["B6", "AU"]), money)
quantities = st.builds(Quantity, st.sampled_from(["CA", "ZK"]), money)


@st.composite
def periods(draw: st.DrawFn, qualifier: str = "291") -> DatedPeriod:
    start, end = sorted((draw(days), draw(days)))
    return DatedPeriod(qualifier, start, end)


@st.composite
def parties(draw: st.DrawFn, role: str) -> Party:
    is_person = draw(st.booleans())
    given = (draw(words), draw(words), draw(words)) if is_person else ("", "", "")
    identity = draw(st.sampled_from([("", ""), ("XX", "1234567893"), ("MI", "W1")]))
    return Party(draw(texts), *given, is_person, *identity, role)
