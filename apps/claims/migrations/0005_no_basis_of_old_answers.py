"""Answers that came before it was kept how their version is known bore a word of their own, which nothing writes any more."""

from django.db import migrations, models

import apps.claims.rules.answered_version


class Migration(migrations.Migration):
    dependencies = [("claims", "0004_parts_of_codes")]

    operations = [
        migrations.RunSQL(
            "UPDATE claims_adjudication SET version_basis = '' WHERE version_basis = 'before'", migrations.RunSQL.noop
        ),
        migrations.AlterField(
            model_name="adjudication",
            name="version_basis",
            field=models.CharField(
                blank=True,
                choices=[
                    ("told", "as the payer says (CLP09)"),
                    ("number", "by the payer's own number (CLP07)"),
                    ("last", "taken as the answer to what was sent last"),
                    ("person", "as a person found out"),
                ],
                default=apps.claims.rules.answered_version.VersionBasis["ONLY"],
                max_length=6,
            ),
        ),
    ]
