"""A claim beside which an earlier one could not be scrubbed anew says so until it was."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0007_findings_by_time")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="neighbours_due",
            field=models.BooleanField(
                db_default=False,
                default=False,
                help_text="When it came, an earlier claim of the patient's day was in other hands, and is still to be scrubbed beside it",
            ),
        ),
    ]
