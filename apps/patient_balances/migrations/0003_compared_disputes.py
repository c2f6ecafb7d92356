from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("patient_balances", "0002_disputed_payments")]

    operations = [
        migrations.AddField(
            model_name="carddispute",
            name="compared_at",
            field=models.DateTimeField(
                blank=True, help_text="The unclear move up to which a person has said what the bank keeps", null=True
            ),
        ),
    ]
