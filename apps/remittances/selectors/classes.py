"""The table of adjustment classes as the pages and the planner read it."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import groupby

from django.db.models import QuerySet

from apps.claims.models import AdjudicationAdjustment
from apps.remittances.models import AdjustmentClass as AdjustmentClassRow
from apps.remittances.rules.classes import CAPITATION, DEFAULT_ROWS, AdjustmentClass, ClassRow
from apps.remittances.rules.tried import PostedAdjustment, Tried, tried

LOOKED_BACK = timedelta(days=90)


def standing() -> "QuerySet[AdjustmentClassRow]":
    return AdjustmentClassRow.objects.filter(ended_at=None).select_related("payer", "made_by")


def class_rows() -> list[ClassRow]:
    return [as_rule(row) for row in AdjustmentClassRow.objects.filter(ended_at=None)]


def as_rule(row: AdjustmentClassRow) -> ClassRow:
    return ClassRow(row.carc, AdjustmentClass(row.adjustment_class), row.group, row.rarc, row.payer_id)


def own_rows() -> "QuerySet[AdjustmentClassRow]":
    """Those of the practice that stand."""
    return standing().order_by("carc", "group", "rarc", "payer__name")


def ended_rows() -> "QuerySet[AdjustmentClassRow]":
    rows = AdjustmentClassRow.objects.exclude(ended_at=None)
    return rows.select_related("payer", "made_by", "ended_by").order_by("-ended_at", "-pk")


@dataclass(frozen=True, slots=True)
class DefaultRow:
    """One code of the defaults with its groups (none: any group), and the groups of which a row of the practice leaves nothing."""

    carc: str
    adjustment_class: AdjustmentClass
    groups: tuple[str, ...]
    replaced: tuple[str, ...]


def default_rows() -> list[DefaultRow]:
    own = class_rows()
    found = []
    for (carc, name), same in groupby(DEFAULT_ROWS, key=lambda row: (row.carc, row.adjustment_class)):
        rows = list(same)
        gone = tuple(row.group for row in rows if any(mine.replaces(row) for mine in own))
        found.append(DefaultRow(carc, name, tuple(row.group for row in rows if row.group), gone))
    return found


def capitated_payers() -> "QuerySet[AdjustmentClassRow]":
    """A row for each payer whose CO-24 is contractual."""
    rows = standing().filter(carc=CAPITATION, rarc="", group="CO", payer__isnull=False)
    return rows.filter(adjustment_class=AdjustmentClass.CONTRACTUAL).order_by("payer__name")


def try_row(row: ClassRow, *, now: datetime) -> Tried:
    """How the answers that stand of the last 90 days would have been classed had this row stood. Nothing is changed."""
    others = [each for each in class_rows() if _key(each) != _key(row)]
    return tried(row, others, _posted(row, now - LOOKED_BACK))


def _key(row: ClassRow) -> tuple[int | None, str, str, str]:
    return (row.payer_id, row.group, row.carc, row.rarc)


def _posted(row: ClassRow, since: datetime) -> Iterator[PostedAdjustment]:
    said = AdjudicationAdjustment.objects.filter(
        carc=row.carc, adjudication__recorded_at__gte=since, adjudication__reversed=False
    )
    if row.group:
        said = said.filter(group=row.group)
    if row.payer_id:
        said = said.filter(adjudication__payer_id=row.payer_id)
    if row.rarc:
        said = said.filter(adjudication__remark_codes__contains=[row.rarc])
    names = ("adjudication_id", "adjudication__payer_id", "group", "carc", "adjudication__remark_codes")
    told = said.values_list(*names, "adjudication__charge", "amount", "adjustment_class")
    for answer, payer, group, carc, remarks, charge, amount, name in told.iterator(chunk_size=2000):
        yield PostedAdjustment(answer, payer, group, carc, tuple(remarks), charge, amount, AdjustmentClass(name))
