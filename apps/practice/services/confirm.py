"""A person confirms what an import brought: that the provider, or the payer, is the one it seems to be."""

from datetime import datetime

from django.db import transaction

from apps.audit.trail import record
from apps.core.models import User
from apps.practice.models import Payer, Provider


@transaction.atomic
def confirm_provider(*, provider: Provider, now: datetime, acting_user: User) -> None:
    if Provider.objects.filter(pk=provider.pk, confirmed=False).update(confirmed=True):
        record(
            "confirm_provider",
            acting_user=acting_user,
            now=now,
            subject_kind="provider",
            subject_public_id=provider.public_id,
        )


@transaction.atomic
def confirm_payer(*, payer: Payer, now: datetime, acting_user: User) -> None:
    if Payer.objects.filter(pk=payer.pk, confirmed=False).update(confirmed=True):
        record(
            "confirm_payer", acting_user=acting_user, now=now, subject_kind="payer", subject_public_id=payer.public_id
        )
