from collections.abc import Iterator

import pytest
from django.conf import LazySettings

from tests.intake.recorded_ehr import RecordedEhr


@pytest.fixture
def recorded_ehr(settings: LazySettings) -> Iterator[type[RecordedEhr]]:
    """What a connection of the adapter "recorded_ehr" reaches; a test fills it."""
    settings.ADAPTERS = {**settings.ADAPTERS, "recorded_ehr": "tests.intake.recorded_ehr.RecordedEhr"}
    RecordedEhr.forget()
    yield RecordedEhr
    RecordedEhr.forget()
