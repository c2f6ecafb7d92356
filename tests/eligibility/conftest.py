from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.eligibility.recorded import RecordedClearinghouse
from tests.factories.connectors import ClearinghouseConnectionFactory
from tests.factories.practice import PracticeFactory


@pytest.fixture
def clearinghouse(settings: LazySettings, db: None) -> Iterator[type[RecordedClearinghouse]]:
    """A connected clearinghouse; a test fills `.replies` and reads `.asked`."""
    settings.ADAPTERS = {"recorded": "tests.eligibility.recorded.RecordedClearinghouse"}
    PracticeFactory()
    ClearinghouseConnectionFactory(
        adapter="recorded", settings={"sender_id": "PECANROW", "receiver_id": "CLEARING", "usage": "T"}
    )
    RecordedClearinghouse.replies.clear()
    RecordedClearinghouse.asked.clear()
    return RecordedClearinghouse
