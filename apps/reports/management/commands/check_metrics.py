"""Recompute every metric and reconcile the money with the ledger. Exit status 1 where anything does not hold."""

import json
import sys
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from apps.core import clock
from apps.reports.checks import Check, checks
from apps.reports.metrics import METRICS
from apps.reports.metrics.figure import Figure, Metric, Unit


class Command(BaseCommand):
    help = "Recompute the metrics as of today and reconcile them with the ledger."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="The figures as JSON; the verdict then goes to stderr.")

    def handle(self, *_args: object, **options: Any) -> None:
        today = clock.today()
        figures = [(metric, metric.measure(today)) for metric in METRICS]
        found = checks(today)
        faults = [check for check in found if not check.sound]
        if options["json"]:
            self.stdout.write(json.dumps({metric.key: _plain(figure) for metric, figure in figures}, indent=2))
        else:
            for metric, figure in figures:
                self.stdout.write(f"{metric.title:28} {_words(metric, figure):>12}  {figure.note}".rstrip())
        for fault in faults:
            self.stderr.write(_fault(fault))
        verdict = f"{len(figures)} figures, {len(found)} reconciliations: " + (
            f"{len(faults)} differ." if faults else "all hold."
        )
        (self.stderr if options["json"] else self.stdout).write(verdict)
        if faults:
            sys.exit(1)


def _plain(figure: Figure) -> dict[str, str | None]:
    names = ("numerator", "denominator", "value")
    return {name: None if getattr(figure, name) is None else str(getattr(figure, name)) for name in names}


def _words(metric: Metric, figure: Figure) -> str:
    if figure.value is None:
        return "no data"
    return f"{figure.value:.1f} days" if metric.unit is Unit.DAYS else f"{figure.value * 100:.1f}%"


def _fault(fault: Check) -> str:
    return f"{fault.what}: the figure says {fault.figure:,.2f}, the ledger {fault.ledger:,.2f}."
