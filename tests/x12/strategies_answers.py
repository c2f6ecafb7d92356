"""Any answer (999, TA1) that can be written."""

from datetime import date

from hypothesis import strategies as st

from apps.x12.guides import x999
from apps.x12.guides.ta1 import InterchangeAcknowledgment
from tests.x12.strategies import (
    codes,
    ids,
    keys,
    maybe,
    numbers,
    some,
    times,
    words,
)


def group_acknowledgments() -> st.SearchStrategy[x999.GroupAcknowledgment]:
    elements = st.builds(
        x999.ElementNote,
        st.integers(1, 99),
        codes,
        maybe(st.integers(1, 9)),
        maybe(st.integers(1, 9)),
        keys,
        words,
        some(st.just("SITUATIONAL TRIGGER")),
    )
    notes = st.builds(
        x999.SegmentNote, ids, numbers, codes, keys, keys, some(st.just("SITUATIONAL TRIGGER")), some(elements)
    )
    sets = st.builds(x999.TransactionAcknowledgment, ids, ids, codes, keys, some(codes), some(notes))
    return st.builds(
        x999.GroupAcknowledgment,
        functional_code=ids,
        group_number=ids,
        status=codes,
        transactions=some(sets),
        version=keys,
        included=numbers,
        received=numbers,
        accepted_count=numbers,
        error_codes=some(codes),
    )


def interchange_acknowledgments() -> st.SearchStrategy[InterchangeAcknowledgment]:
    recent = st.dates(date(2000, 1, 1), date(2099, 12, 31))
    minutes = times.map(lambda moment: moment.replace(second=0))
    return st.builds(InterchangeAcknowledgment, ids, maybe(recent), maybe(minutes), st.sampled_from("AER"), codes)
