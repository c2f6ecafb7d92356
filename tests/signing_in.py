"""A browser in which someone is signed in with both factors."""

from django.test import Client

from apps.core.models import User
from apps.practice.models import Practice
from apps.practice.roles import Role
from tests.factories.practice import PracticeFactory, UserFactory


def sign_in(client: Client, role: Role | None, **facts: object) -> User:
    """Signs somebody new of that role in; pages show the practice's name, so there is one."""
    if not Practice.objects.exists():
        PracticeFactory()
    user: User = UserFactory(role=role, **facts)
    client.force_login(user)
    return user


def browser_of(role: Role | None, **facts: object) -> Client:
    client = Client()
    sign_in(client, role, **facts)
    return client
