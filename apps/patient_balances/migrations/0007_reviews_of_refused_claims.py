from django.db import migrations, models


class Migration(migrations.Migration):

    dependencies = [
        ('patient_balances', '0006_disputes_without_one_entry_given_again'),
    ]

    operations = [
        migrations.AlterField(
            model_name='moneyreview',
            name='reason',
            field=models.CharField(choices=[('payer_credit', 'The payer has paid more than it owed'), ('unanswered', 'The payer left a part without a word'), ('voided', 'The claim was voided with money on it')], max_length=12),
        ),
    ]
