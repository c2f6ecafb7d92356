"""Email, as the pages spell it."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("patient_balances", "0003_disputes_given_again_in_part"),
    ]

    operations = [
        migrations.AlterField(
            model_name="inboundmessage",
            name="channel",
            field=models.CharField(
                choices=[("sms", "Text"), ("email", "Email"), ("paper", "Letter")], default="sms", max_length=5
            ),
        ),
        migrations.AlterField(
            model_name="message",
            name="channel",
            field=models.CharField(choices=[("sms", "Text"), ("email", "Email"), ("paper", "Letter")], max_length=5),
        ),
        migrations.AlterField(
            model_name="reply",
            name="channel",
            field=models.CharField(choices=[("sms", "Text"), ("email", "Email"), ("paper", "Letter")], max_length=5),
        ),
        migrations.AlterField(
            model_name="unreachableaddress",
            name="channel",
            field=models.CharField(choices=[("sms", "Text"), ("email", "Email"), ("paper", "Letter")], max_length=5),
        ),
    ]
