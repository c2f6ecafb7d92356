"""Which columns of a list a person sees."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.worklist.models import ListChoice


@transaction.atomic
def choose_columns(*, of_list: str, left_out: Iterable[str], acting_user: User, now: datetime) -> None:
    """`left_out`: names of columns that the list lets be left out."""
    names = sorted(left_out)
    ListChoice.objects.update_or_create(user=acting_user, of_list=of_list, defaults={"left_out": names})
    record(
        "choose_columns",
        acting_user=acting_user,
        now=now,
        subject_kind="list",
        of_list=of_list,
        left_out=names,
    )
