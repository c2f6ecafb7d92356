from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0006_indexes_that_are_read")]

    operations = [
        migrations.AlterField(
            model_name="entry",
            name="kind",
            field=models.CharField(
                choices=[
                    ("charge", "Charge"),
                    ("deposit", "Deposit"),
                    ("remittance", "Remittance"),
                    ("provider_adjustment", "Provider Adjustment"),
                    ("patient_payment", "Patient Payment"),
                    ("adjustment", "Adjustment"),
                    ("transfer", "Transfer"),
                    ("reversal", "Reversal"),
                ],
                max_length=20,
            ),
        ),
    ]
