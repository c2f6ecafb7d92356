"""After how many days without an answer a claim is chased."""

import django.core.validators
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0001_tables")]

    operations = [
        migrations.AddField(
            model_name="practice",
            name="chase_after_days",
            field=models.PositiveSmallIntegerField(
                default=3,
                help_text="From the sending on; then its payer is asked (276), and a person, who finds out by the tenth day",
                validators=[
                    django.core.validators.MinValueValidator(1),
                    django.core.validators.MaxValueValidator(9),
                ],
                verbose_name="days without an answer until a claim is chased",
            ),
        ),
    ]
