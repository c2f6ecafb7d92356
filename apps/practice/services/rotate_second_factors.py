"""The secrets of the second factors lie in the library's own JSON column, encrypted with the keys of every other secret."""

from allauth.mfa.models import Authenticator
from cryptography.fernet import InvalidToken
from django.db import transaction

from apps.core.key_rotation import Rotated, anew

SECRETS = ("secret", "seed")  # of an authenticator app, of recovery codes


@transaction.atomic
def rotate_second_factors() -> Rotated:
    rotated = current = unreadable = 0
    for row in Authenticator.objects.order_by("pk").select_for_update():
        for name in SECRETS:
            if name not in row.data:
                continue
            try:
                fresh = anew(row.data[name].encode())
            except InvalidToken:
                unreadable += 1
                continue
            if fresh is None:
                current += 1
                continue
            row.data[name] = fresh.decode()
            row.save(update_fields=["data"])
            rotated += 1
    return Rotated("second factors", rotated, current, unreadable)
