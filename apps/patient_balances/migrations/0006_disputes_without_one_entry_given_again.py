from django.db import migrations


class Migration(migrations.Migration):

    dependencies = [
        ('patient_balances', '0005_disputes_given_again_more_than_once'),
    ]

    operations = [
        migrations.RemoveField(model_name='carddispute', name='restoring_entry'),
    ]
