"""The saved mapping by which a bank's file is read."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.remittances.models import BankAccount
from apps.remittances.rules.bank_rows import BankLayout, UnknownColumnsError, check_columns, standard_layout

STANDARD = "Bank account"


class NoAccountError(Exception):
    """No saved account fits the file, or several do. The message says what to choose from."""


def layout_of(account: BankAccount) -> BankLayout:
    return BankLayout(account.columns, account.date_format)


def find_account(header: Iterable[str], *, name: str = "") -> BankAccount:
    """The named one, else the only one whose columns the file has; a file with our own column names needs none saved.

    The account that it returns may be new and not saved yet. Raises NoAccountError.
    """
    columns = list(header)
    saved = list(BankAccount.objects.order_by("name"))
    if name:
        return _named(name, saved, columns)
    fitting = [each for each in saved if set(each.columns.values()) <= set(columns)]
    if len(fitting) == 1:
        return fitting[0]
    layout = standard_layout(columns)
    if not fitting and layout and all(each.name != STANDARD for each in saved):
        return BankAccount(name=STANDARD, columns=dict(layout.columns))
    names = ", ".join(each.name for each in fitting or saved) or "none is saved"
    raise NoAccountError(f"{'Several accounts fit' if fitting else 'No account fits'} this file; name one: {names}.")


def _named(name: str, saved: Iterable[BankAccount], columns: list[str]) -> BankAccount:
    """An account that is not known yet comes in with the first file that uses our own column names."""
    known = next((each for each in saved if each.name.casefold() == name.strip().casefold()), None)
    if known:
        return known
    layout = standard_layout(columns)
    if layout is None:
        names = ", ".join(each.name for each in saved) or "none is saved"
        raise NoAccountError(f"There is no account called {name}; known: {names}.")
    return BankAccount(name=name.strip()[:60], columns=dict(layout.columns))


@transaction.atomic
def save_account(*, name: str, layout: BankLayout, acting_user: User | None, now: datetime) -> BankAccount:
    """Keep how a bank names its columns; the same name again replaces it. Raises UnknownColumnsError."""
    if not name.strip():
        raise UnknownColumnsError("Name the account.")
    check_columns(layout.columns)
    account, _ = BankAccount.objects.update_or_create(
        name=name.strip()[:60], defaults={"columns": dict(layout.columns), "date_format": layout.date_format[:20]}
    )
    record(
        "save_bank_account",
        acting_user=acting_user,
        now=now,
        subject_kind="bank_account",
        subject_public_id=account.public_id,
    )
    return account
