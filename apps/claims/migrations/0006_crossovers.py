from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0005_indexes_that_are_read")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="bill_crossover_from",
            field=models.DateTimeField(
                blank=True,
                help_text="Passed on without an answer: from then on it is billed to the next payer",
                null=True,
            ),
        ),
    ]
