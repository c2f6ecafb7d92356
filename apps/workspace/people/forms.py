from django import forms

from apps.practice.roles import Role

ROLES = [(role.value, role.label) for role in Role]


class InvitationForm(forms.Form):
    """Somebody new. The address is where the invitation goes and what they sign in with."""

    first_name = forms.CharField(label="First name", max_length=150)
    last_name = forms.CharField(label="Last name", max_length=150)
    email = forms.EmailField(label="Email address", max_length=254)
    role = forms.ChoiceField(label="Role", choices=[("", "Choose"), *ROLES])


class RoleForm(forms.Form):
    role = forms.ChoiceField(label="Role", choices=ROLES)
