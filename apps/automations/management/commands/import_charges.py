"""A file of charges, all the way to scrubbed claims, in one go."""

import json
import sys
from argparse import ArgumentParser
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from apps.automations.management.claim_files import ClaimFile, open_folder, write_claim_files
from apps.claims.models import Claim, Finding
from apps.claims.services import build_claims, scrub_claims
from apps.claims.states import ClaimStatus
from apps.connectors.ports.charge_files import FileLayout
from apps.connectors.ports.errors import RefusedError
from apps.connectors.tables import LARGEST_FILE
from apps.core import clock
from apps.core.command_files import read_file, refused_rows
from apps.core.jobs import job_run
from apps.intake.models import ColumnMapping
from apps.intake.services import ImportedFile, find_mapping, import_charge_file, save_mapping


@dataclass
class Summary:
    """What the file brought, and what became of its visits."""

    imported: ImportedFile
    claims: int = 0
    self_pay: int = 0
    passed: int = 0
    findings: Counter[str] = field(default_factory=Counter)
    files: list[ClaimFile] = field(default_factory=list)

    @property
    def clean(self) -> bool:
        received = self.imported.received
        return not (self.imported.problems or received.refused or any(not file.sound for file in self.files))

    def verdict(self) -> str:
        counts = self.imported.counts
        if not counts["rows"]:
            return "The file has a header and no rows: there was nothing to import."
        if self.imported.repeated and not counts["visits"]:
            return f"The same file came before: {counts['rows']} rows read, nothing added."
        return (
            f"{counts['rows']} rows, {counts['refused_rows']} refused; {counts['visits']} visits new, {counts['known_visits']} known; "
            f"{self.claims} claims built, {self.passed} passed scrubbing, {self.claims - self.passed} wait for a person; "
            f"{self.self_pay} self-pay."
        )

    def as_json(self) -> dict[str, Any]:
        return {
            **self.imported.counts,
            "repeated": self.imported.repeated,
            "claims": self.claims,
            "self_pay": self.self_pay,
            "passed": self.passed,
            "findings": dict(self.findings.most_common()),
            "problems": [{"line": problem.line, "reason": problem.reason} for problem in self.imported.problems],
            "added_payers": list(self.imported.received.added_payers),
            "unread_columns": list(self.imported.unread),
            "files": [{"path": str(file.path), "claims": file.claims, "sound": file.sound} for file in self.files],
        }


class Command(BaseCommand):
    help = "Import a CSV file of charges by its saved column mapping, build the claims and scrub them (docs/connectors/csv.md)."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("file", type=Path)
        parser.add_argument(
            "--mapping", default="", help="a saved mapping's name; without it, the one whose columns the file has"
        )
        parser.add_argument(
            "--save-mapping",
            type=Path,
            metavar="LAYOUT.json",
            help="save this layout under the name given by --mapping first, and read the file by it",
        )
        parser.add_argument(
            "--write-837", type=Path, metavar="DIR", help="write the passed claims as test 837P files, checked by pyx12"
        )
        parser.add_argument("--json", action="store_true", help="the summary as JSON on stdout, the verdict on stderr")

    def handle(self, *_args: Any, **options: Any) -> None:
        now = clock.now()
        payload = read_file(options["file"], largest=LARGEST_FILE)
        if options["write_837"]:
            open_folder(options["write_837"])
        try:
            if options["save_mapping"]:
                save_mapping(name=options["mapping"], layout=_layout(options["save_mapping"], options["mapping"]))
            mapping = find_mapping(payload, name=options["mapping"])
            imported = _imported(payload, options["file"].name, mapping, now)
        except RefusedError as failure:
            raise CommandError(str(failure)) from failure
        except ColumnMapping.DoesNotExist as failure:
            raise CommandError(f"There is no saved mapping called {options['mapping']}.") from failure
        summary = _through_to_claims(imported, now)
        if options["write_837"]:
            summary.files = write_claim_files(_ready(imported), options["write_837"], now=now)
        if options["json"]:
            self.stdout.write(json.dumps(summary.as_json(), indent=1))
        else:
            self._print(summary)
        (self.stderr if options["json"] else self.stdout).write(summary.verdict())
        if not summary.clean:
            sys.exit(1)

    def _print(self, summary: Summary) -> None:
        for sentence in refused_rows(summary.imported.problems):
            self.stdout.write(sentence)
        for refusal in summary.imported.received.refused:
            self.stdout.write(f"refused  visit {refusal.source_id}: {refusal.reason}")
        for column in summary.imported.unread:
            meant = summary.imported.perhaps.get(column)
            self.stdout.write(
                f"unread   column {column}, which the mapping does not name{f': is it {meant}?' if meant else ''}"
            )
        for payer in summary.imported.received.added_payers:
            self.stdout.write(f"payer    to confirm: {payer}")
        for rule, count in summary.findings.most_common():
            self.stdout.write(f"finding  {count:>5}  {rule}")
        for file in summary.files:
            state = "sound in pyx12's reading" if file.sound else "REFUSED by pyx12"
            self.stdout.write(f"837P     {file.claims:>5}  claims in {file.path}, {state}")


def _layout(path: Path, name: str) -> FileLayout:
    """{"columns": {ours: the file's}, "payers": {the file's name: id for claims}, "date_format": "%m/%d/%Y"}; the last two may lack."""
    if not name:
        raise CommandError("Name the mapping: --mapping NAME.")
    try:
        told = json.loads(read_file(path, largest=LARGEST_FILE))
        return FileLayout(**told)
    except (ValueError, TypeError) as failure:
        raise CommandError(
            f"{path.name} is not a layout: columns, payers, date_format (docs/connectors/csv.md)."
        ) from failure


def _imported(payload: bytes, name: str, mapping: ColumnMapping, now: datetime) -> ImportedFile:
    """As people see it in the job list, a chunk of visits at a time."""
    with job_run("import_charges", now=now, by_hand=True) as run:
        imported = import_charge_file(payload=payload, name=name, mapping=mapping, now=now, job_id=run.pk)
        run.counts = imported.counts
    return imported


def _through_to_claims(imported: ImportedFile, now: datetime) -> Summary:
    """Build and scrub until nothing is left, as the worker's steps would; then count what belongs to this file's visits."""
    while build_claims(now=now).more:
        pass
    while scrub_claims(now=now).more:
        pass
    visits = imported.received.encounters
    claims = Claim.objects.filter(encounter__public_id__in=visits)
    summary = Summary(imported, claims=claims.count(), passed=claims.filter(status=ClaimStatus.READY).count())
    summary.self_pay = len(visits) - summary.claims
    found = Finding.objects.filter(claim__in=claims, state=Finding.State.OPEN)
    summary.findings = Counter(f"{rule} ({severity})" for rule, severity in found.values_list("rule", "severity"))
    return summary


def _ready(imported: ImportedFile) -> list[int]:
    claims = Claim.objects.filter(encounter__public_id__in=imported.received.encounters, status=ClaimStatus.READY)
    return list(claims.order_by("pk").values_list("pk", flat=True))
