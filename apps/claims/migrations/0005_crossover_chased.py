from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0004_contract_verdict")]

    operations = [
        migrations.AddField(
            model_name="claim",
            name="crossover_chased_at",
            field=models.DateTimeField(
                blank=True,
                help_text="When the next payer was to be asked about a claim that this one had passed on",
                null=True,
            ),
        ),
    ]
