"""Charge files know a provider by NPI and whole name; the id was cut at 40 characters, so that two could become one.

It is made whole where the name still stands as it was told. Another provider is found by NPI and name, or comes in anew, unconfirmed.
"""

from django.db import migrations, models

_FORWARD = """
UPDATE practice_provider SET source_id = npi || ' ' || last_name || ' ' || first_name
WHERE length(source_id) = 40 AND left(npi || ' ' || last_name || ' ' || first_name, 40) = source_id
"""


class Migration(migrations.Migration):
    dependencies = [("practice", "0006_email_is_spelled_one_way")]

    operations = [
        migrations.AlterField(
            model_name="provider",
            name="source_id",
            field=models.CharField(
                blank=True, help_text="The EHR's; of a charge file NPI and whole name", max_length=120
            ),
        ),
        migrations.RunSQL(_FORWARD, migrations.RunSQL.noop),
    ]
