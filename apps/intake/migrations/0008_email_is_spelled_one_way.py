"""Email, as the pages spell it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("intake", "0007_from_before"),
    ]

    operations = [
        migrations.AlterField(
            model_name="consent",
            name="channel",
            field=models.CharField(choices=[("sms", "Text"), ("email", "Email")], max_length=5),
        ),
    ]
