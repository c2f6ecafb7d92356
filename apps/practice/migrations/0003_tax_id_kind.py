"""A physician without an EIN bills under their SSN."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0002_chase_after")]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="tax_id_kind",
            field=models.CharField(
                choices=[("EI", "EIN, of an employer"), ("SY", "SSN, of a physician without an EIN")],
                default="EI",
                max_length=2,
            ),
        ),
    ]
