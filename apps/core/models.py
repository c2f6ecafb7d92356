from typing import Any, ClassVar

from django.contrib.auth.base_user import BaseUserManager
from django.contrib.auth.models import AbstractUser
from django.db import models
from django.db.models.functions import Lower

from apps.core.public_ids import PublicIdModel


class UserManager(BaseUserManager["User"]):
    def create_user(self, email: str, password: str | None = None, **fields: Any) -> "User":
        # One address, one log-in, however it is written: sign-in does not tell the cases apart.
        user = self.model(email=self.normalize_email(email).lower(), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> "User":
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)


class User(PublicIdModel, AbstractUser):
    """A person who signs in, known by email address. What they may do is their role in `practice`."""

    username = None  # type: ignore[assignment]  # replaced by the email address
    email = models.EmailField("email address", unique=True)

    class Meta:
        constraints = [models.UniqueConstraint(Lower("email"), name="one_log_in_an_address")]

    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = []
    objects: ClassVar[UserManager] = UserManager()  # type: ignore[assignment]  # the stubs expect Django's own manager

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.email


class Automation(models.Model):
    """A periodic job as people see it. Its schedule lives in django-celery-beat under the same name.

    `live_since` parts a metric's baseline from its trend (DOMAIN 7). `expected_from`: a run that was due before, when the job was off,
    at other times or not yet there, is not missed.
    """

    name = models.CharField(max_length=60, unique=True)
    enabled = models.BooleanField(default=True)
    live_since = models.DateField(null=True, blank=True)
    expected_from = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.name


class JobRun(PublicIdModel):
    """One run of a step: when, how much, what went wrong.

    `by_hand`: a person started it, at a page or at a terminal. `done` of `total` are its parts (claims, visits, files) and grow with
    the transaction that did them; `total` is None where nobody can tell beforehand. `url_name` and `subject_public_id` name the page
    of what it made.
    """

    class State(models.TextChoices):
        RUNNING = "running"
        DONE = "done"
        FAILED = "failed"

    step = models.CharField(max_length=60)
    state = models.CharField(max_length=10, choices=State, default=State.RUNNING)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True, blank=True)
    counts = models.JSONField(default=dict)
    error = models.CharField(max_length=300, blank=True)
    requested_by = models.ForeignKey(User, null=True, blank=True, on_delete=models.PROTECT, related_name="+")
    by_hand = models.BooleanField(default=False)
    done = models.PositiveIntegerField(default=0)
    total = models.PositiveIntegerField(null=True, blank=True)
    url_name = models.CharField(max_length=60, blank=True)
    subject_public_id = models.CharField(max_length=40, blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["step", "-started_at"]),
            models.Index(fields=["-started_at", "-id"], condition=models.Q(by_hand=True), name="job_by_hand"),
            models.Index(
                fields=["requested_by", "-started_at", "-id"], condition=models.Q(by_hand=True), name="job_by_person"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.step} {self.started_at:%Y-%m-%d %H:%M}"
