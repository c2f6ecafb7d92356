"""The demo practice into this database, from a sandbox that runs already."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.automations.demo import NotInDemoModeError, diagnoses, load_demo, people_lines
from apps.automations.outside import Outside
from apps.core import clock


class Command(BaseCommand):
    help = "Create the demo practice once, and point its connections at the running sandbox. Refused outside demo mode."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--sandbox", default="http://127.0.0.1:8010", help="the sandbox's address")

    def handle(self, *_args: Any, **options: Any) -> None:
        try:
            load_demo(Outside(options["sandbox"]).practice(), now=clock.now())
        except NotInDemoModeError as failure:
            raise CommandError(str(failure)) from failure
        except OSError as failure:
            raise CommandError(
                f"No sandbox answers at {options['sandbox']}. Start one: python -m apps.sandbox --state-dir DIR."
            ) from failure
        diagnoses.take_in(now=clock.now())
        for line in people_lines():
            self.stdout.write(line)
        self.stdout.write("The demo practice is loaded.")
