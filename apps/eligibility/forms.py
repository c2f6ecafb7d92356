from django import forms


class PhoneForm(forms.Form):
    phone_reference = forms.CharField(label="Reference number of the call", max_length=40)
