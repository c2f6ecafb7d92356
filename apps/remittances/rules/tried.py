"""What a new row of the class table would have done to answers that were posted already."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal

from apps.remittances.rules.classes import AdjustmentClass, ClassRow, ClassTable


@dataclass(frozen=True, slots=True)
class PostedAdjustment:
    """One CAS as it was posted. Dollars; `charge` is the line's."""

    answer_id: int
    payer_id: int
    group: str
    carc: str
    remarks: tuple[str, ...]
    charge: Decimal
    amount: Decimal
    adjustment_class: AdjustmentClass


@dataclass(frozen=True, slots=True)
class Tried:
    """How many lines would have been classed otherwise, the dollars of their adjustments, and as what they were posted."""

    lines: int = 0
    amount: Decimal = Decimal("0.00")
    posted_as: tuple[tuple[AdjustmentClass, int], ...] = ()


def tried(row: ClassRow, others: Sequence[ClassRow], posted: Iterable[PostedAdjustment]) -> Tried:
    """`others` are the practice's rows that stand beside it. A line with two such adjustments counts once."""
    tables: dict[int, ClassTable] = {}
    lines: dict[AdjustmentClass, set[int]] = {}
    amount = Decimal("0.00")
    for each in posted:
        if each.payer_id not in tables:
            tables[each.payer_id] = ClassTable((row, *others), each.payer_id)
        table = tables[each.payer_id]
        if table.classify(each.group, each.carc, charge=each.charge, remarks=each.remarks) != each.adjustment_class:
            lines.setdefault(each.adjustment_class, set()).add(each.answer_id)
            amount += each.amount
    posted_as = tuple((name, len(found)) for name, found in sorted(lines.items()))
    return Tried(len(set().union(*lines.values())), amount, posted_as)
