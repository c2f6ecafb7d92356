"""Identifiers that may stand in an address or a log: random, meaningless, never a database key."""

import secrets

from django.db import models

ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def new_public_id() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(16))


class PublicIdModel(models.Model):
    public_id = models.CharField(max_length=16, unique=True, default=new_public_id, editable=False)

    class Meta:
        abstract = True
