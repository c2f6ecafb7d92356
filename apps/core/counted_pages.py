"""Pages of rows whose number is known already: counting them twice is the dearest part of a long list.

The second half of a list is read from its end, so that its last page costs what its first does. The rows stand in an order of their
own, to the last of them.
"""

from typing import Any

from django.core.paginator import Page, Paginator
from django.db.models import QuerySet
from django.utils.functional import cached_property


class CountedPaginator(Paginator):  # type: ignore[type-arg]  # generic in the stubs only
    def __init__(self, rows: "QuerySet[Any, Any]", per_page: int, *, count: int) -> None:
        super().__init__(rows, per_page)
        self._count = count

    @cached_property
    def count(self) -> int:
        return self._count

    def page(self, number: int | str) -> "Page[Any]":
        at = self.validate_number(number)
        first, last = (at - 1) * self.per_page, min(at * self.per_page, self.count)
        rows: Any = self.object_list
        # DISTINCT ON takes the first of each in the order asked for: turned round it would be another row.
        if first <= self.count - last or rows.query.distinct_fields:
            return Page(rows[first:last], at, self)
        turned = list(rows.reverse()[self.count - last : self.count - first])
        return Page(turned[::-1], at, self)


class KeyedPaginator(CountedPaginator):
    """Sorts and passes over keys alone, and reads whole rows, with all that is annotated to them, only of the page."""

    def page(self, number: int | str) -> "Page[Any]":
        rows: Any = self.object_list
        keys = CountedPaginator(rows.values_list("pk", flat=True), self.per_page, count=self.count).page(number)
        whole = {row.pk: row for row in rows.filter(pk__in=list(keys))}
        return Page([whole[key] for key in keys if key in whole], keys.number, self)
