"""Pages of rows whose number is known already: counting them twice is the dearest part of a long list."""

from typing import Any

from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    def __init__(self, rows: "QuerySet[Any, Any]", per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self._count = count

    @cached_property
    def count(self) -> int:
        return self._count
