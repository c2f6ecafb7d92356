"""Findings keep up with their rule's name."""

from django.db import migrations

_RENAME = "UPDATE claims_finding SET rule = '{}' WHERE rule = '{}'"
_OLD, _NEW = "PRV-ENROLMENT-UNKNOWN", "PRV-ENROLLMENT-UNKNOWN"


class Migration(migrations.Migration):
    dependencies = [("claims", "0013_sides_of_diagnoses")]

    operations = [migrations.RunSQL(_RENAME.format(_NEW, _OLD), _RENAME.format(_OLD, _NEW))]
