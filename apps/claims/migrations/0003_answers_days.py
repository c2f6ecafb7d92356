"""The day and time that a payer's answer to an inquiry bears, by which a late one is known."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("claims", "0002_sending")]

    operations = [
        migrations.AddField(
            model_name="statusinquiry",
            name="made_on",
            field=models.DateField(blank=True, help_text="The day that the payer's answer bears (BHT04)", null=True),
        ),
        migrations.AddField(
            model_name="statusinquiry",
            name="made_at",
            field=models.TimeField(blank=True, help_text="Its time, by the payer's clock (BHT05)", null=True),
        ),
    ]
