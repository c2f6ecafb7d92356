"""Encrypt all secrets anew with the first key of FIELD_ENCRYPTION_KEYS; may be broken off and called again."""

import sys
from typing import Any

from django.core.management.base import BaseCommand

from apps.audit.trail import record
from apps.core import clock
from apps.core.key_rotation import Rotated, encrypted_columns, rotate_column
from apps.practice.services import rotate_second_factors


class Command(BaseCommand):
    help = "Encrypt the journal, credentials, links and second factors anew with the first of FIELD_ENCRYPTION_KEYS."

    def handle(self, *_args: Any, **_options: Any) -> None:
        found = [self._told(rotate_column(column)) for column in encrypted_columns()]
        found.append(self._told(rotate_second_factors()))
        rotated, unreadable = sum(each.rotated for each in found), sum(each.unreadable for each in found)
        counts = {each.name: each.rotated for each in found}
        record("rotate_keys", acting_user=None, now=clock.now(), subject_kind="encryption_key", rotated=counts)
        if unreadable:
            sys.exit(
                f"rotate_keys: {rotated} encrypted anew, but {unreadable} open with no key of FIELD_ENCRYPTION_KEYS: "
                "add the key that they were written with to the end of the list, then run this again."
            )
        self.stdout.write(f"rotate_keys: {rotated} encrypted anew; the first key alone opens everything")

    def _told(self, each: Rotated) -> Rotated:
        told = f"{each.name}: {each.rotated} encrypted anew, {each.current} already"
        self.stdout.write(told + (f", {each.unreadable} unreadable" if each.unreadable else ""))
        return each
