from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("practice", "0003_write_off_limit")]

    operations = [
        migrations.AlterField(
            model_name="payerdeadline",
            name="kind",
            field=models.CharField(
                choices=[
                    ("filing", "Initial filing"),
                    ("corrected_filing", "Corrected claim"),
                    ("further_filing", "Claim after another payer's answer"),
                    ("appeal_1", "First appeal level"),
                ],
                max_length=20,
            ),
        ),
    ]
