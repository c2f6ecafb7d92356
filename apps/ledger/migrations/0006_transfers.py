from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("ledger", "0005_balance_checked_once_an_entry")]

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
