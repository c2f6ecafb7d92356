"""What is known of codes: whether one has a professional and a technical part."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0003_answers_days")]

    operations = [
        migrations.AlterField(
            model_name="codefact",
            name="kind",
            field=models.CharField(
                choices=[
                    ("drug", "Drug: its container"), ("lab", "Laboratory test: what CLIA asks"),
                    ("global", "Global period of the fee schedule"),
                    ("pctc", "Professional and technical part: indicator of the fee schedule"),
                    ("add_on", "Add-on: type and the code beside which it stands"),
                    ("preventive", "Preventive when done as a screening: modifier that says it"),
                    ("price", "The practice's own price, dollars"), ("modifier", "Modifier that there is: whose it is"),
                ],
                max_length=10,
            ),
        ),
    ]
