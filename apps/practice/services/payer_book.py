"""The payer directory while a file is compared with it: three queries to read, a change at a time, saved at the end."""

from collections.abc import Mapping
from datetime import date

from django.db.models import Model
from django.utils.text import capfirst

from apps.practice.models import Payer, PayerChannel, PayerDeadline
from apps.practice.rules.csv_file import RowError
from apps.practice.rules.payer_file import ToldChannel, ToldDeadlines, ToldPayer

_ENROLLED = {PayerChannel.Enrollment.APPLIED, PayerChannel.Enrollment.ACTIVE}


class PayerBook:
    """`changes`: payer, what, what stood, what will. `verified_by` stands for the deadlines that the file brings."""

    def __init__(self, verified_by: str) -> None:
        self.changes: list[tuple[str, str, str, str]] = []
        self.added: list[str] = []
        self.named: set[str] = set()
        self._verified_by = verified_by
        payers = list(Payer.objects.order_by("pk"))
        self._by_name = {payer.name.casefold(): payer for payer in payers}
        self._by_id: dict[str, list[Payer]] = {}
        for payer in payers:
            self._by_id.setdefault(payer.claims_id, []).append(payer)
        self._channels = {
            (row.payer.name, row.clearinghouse, row.transaction): row
            for row in PayerChannel.objects.select_related("payer")
        }
        self._deadlines = {
            (row.payer.name, row.kind, row.product, row.source): row
            for row in PayerDeadline.objects.select_related("payer")
        }
        self._dirty: dict[int, Model] = {}
        self._told: dict[tuple[str, str], tuple[str, int]] = {}

    def take(self, told: ToldPayer) -> None:
        """Raises RowError where a line says of a payer what cannot be, or what an earlier line says otherwise."""
        payer = self._payer(told)
        self.named.add(payer.name)
        for field, value in told.fields.items():
            self._once(payer.name, field, value, told.line)
            if field != "name":
                self._set(payer, payer, field, value)
        for transaction, channel in told.channels.items():
            self._once(payer.name, f"{transaction} at {told.clearinghouse}", str(channel), told.line)
            self._take_channel(payer, told.clearinghouse, transaction, channel)
        if told.deadlines:
            self._take_deadlines(payer, told.deadlines, told.line)

    def save(self) -> None:
        """Payers first: the other rows point at them."""
        rows = list(self._dirty.values())
        for row in sorted(rows, key=lambda row: not isinstance(row, Payer)):
            if isinstance(row, PayerChannel | PayerDeadline):
                row.payer_id = row.payer.pk
            row.save()

    def _payer(self, told: ToldPayer) -> Payer:
        name, claims_id = told.fields.get("name", ""), told.fields.get("claims_id", "")
        known = self._by_name.get(name.casefold())
        if known:
            return known
        under_id = self._by_id.get(claims_id, []) if claims_id else []
        if len(under_id) > 1:
            raise RowError(f'claims_id: "{claims_id}" is the ID of several payers. Write the name of the one you mean.')
        if under_id:
            return under_id[0]
        if not claims_id:
            raise RowError(
                f'claims_id is empty, and "{name}" is not a payer on file: a new payer needs its ID for claims.'
            )
        fresh = Payer(name=name)
        self._by_name[name.casefold()] = fresh
        self._by_id.setdefault(claims_id, []).append(fresh)
        self.added.append(name)
        self._dirty[id(fresh)] = fresh
        return fresh

    def _once(self, payer: str, what: str, value: str, line: int) -> None:
        earlier, at = self._told.setdefault((payer, what), (value, line))
        if earlier != value:
            raise RowError(f"{what}: line {at} says otherwise of the same payer.")

    def _take_channel(self, payer: Payer, clearinghouse: str, transaction: str, told: ToldChannel) -> None:
        key = payer.name, clearinghouse, transaction
        row = self._channels.get(key)
        if row is None:
            if not told.enrollment:
                raise RowError(
                    f"The enrollment for {transaction} at {clearinghouse} is not on file yet: "
                    "say it, too (not_needed, to_do, applied, active or refused)."
                )
            row = PayerChannel(payer=payer, clearinghouse=clearinghouse, transaction=transaction)
            self._channels[key] = row
        words = f"{row.get_transaction_display()}{f' at {clearinghouse}' if clearinghouse else ''}"
        values: dict[str, object] = {"identifier": told.identifier} if told.identifier else {}
        if told.enrollment:
            on = told.enrollment_on
            values |= {
                "enrollment": told.enrollment,
                "enrollment_on": on if told.enrollment in _ENROLLED or on else None,
            }
        self._set_all(payer, row, values, words)

    def _take_deadlines(self, payer: Payer, told: ToldDeadlines, line: int) -> None:
        for kind, (days, counted_from) in told.limits.items():
            key = payer.name, kind, told.product, told.source
            self._once(payer.name, f"{kind} by {told.source} {told.product}".strip(), f"{days} {counted_from}", line)
            row = self._deadlines.setdefault(
                key, PayerDeadline(payer=payer, kind=kind, product=told.product, source=told.source)
            )
            values: dict[str, object] = {"days": days, "counted_from": counted_from, "verified_on": told.verified_on}
            if told.link:
                values["source_link"] = told.link
            words = f"{row.get_kind_display()}{f', {told.product}' if told.product else ''}"
            if self._set_all(payer, row, values, words):
                row.verified_by = self._verified_by

    def _set_all(self, payer: Payer, row: Model, values: Mapping[str, object], words: str) -> bool:
        changed = [
            self._set(payer, row, field, value, f"{words}: {_label(row, field)}") for field, value in values.items()
        ]
        return any(changed)

    def _set(self, payer: Payer, row: Model, field: str, value: object, words: str = "") -> bool:
        old = getattr(row, field)
        if old == value:
            return False
        setattr(row, field, value)
        self._dirty[id(row)] = row
        stood = "" if row.pk is None else _shown(old)
        self.changes.append((payer.name, words or capfirst(_label(row, field)), stood, _shown(value)))
        return True


def _label(row: Model, field: str) -> str:
    return str(row._meta.get_field(field).verbose_name)  # type: ignore[union-attr]  # noqa: SLF001  a documented name of Django


def _shown(value: object) -> str:
    return (
        f"{value:%B} {value.day}, {value.year}" if isinstance(value, date) else str(value if value is not None else "")
    )
