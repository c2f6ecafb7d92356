"""Laws of the architecture that import-linter cannot see."""

import re
import sys
from collections.abc import Iterator

from django.conf import settings

from apps.automations.running.product import QUEUES
from apps.automations.schedule import SCHEDULE
from apps.automations.steps import STEPS
from apps.automations.tasks import RUN_AUTOMATION, TASKS
from tests.house.sources import ROOT, modules

LONGEST_FILE = 400
LONGEST_FUNCTION = 60
ASKING = {"clock.now", "clock.today", "timezone.now", "datetime.now"}


def test_the_codec_knows_the_standard_library_only() -> None:
    foreign = [
        f"{module.path.name}: {name}"
        for module in modules("apps/x12")
        for name in module.imports
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("apps.x12")
    ]
    assert foreign == []


def test_no_adapter_knows_another() -> None:
    home = ROOT / "apps/connectors/adapters"
    names = {path.name for path in home.iterdir() if path.is_dir() and path.name != "__pycache__"}
    wrong = []
    for module in modules("apps/connectors/adapters"):
        own = module.path.relative_to(home).parts[0]
        for name in module.imports:
            parts = name.removeprefix("apps.connectors.adapters.").split(".")
            if name.startswith("apps.connectors.adapters.") and parts[0] in names - {own}:
                wrong.append(f"{module.place}: {name}")
    assert wrong == []


def nudged_names() -> Iterator[tuple[str, str]]:
    for module in modules("apps"):
        for call in module.calls:
            if call.name.rpartition(".")[2] == "nudge" and isinstance(call.first, str):
                yield module.place, call.first


def test_every_nudged_step_is_a_registered_task() -> None:
    named = list(nudged_names())
    assert named
    assert [f"{place}: {name}" for place, name in named if name not in TASKS] == []


def test_every_step_that_follows_another_exists() -> None:
    source = (ROOT / "apps/automations/steps.py").read_text()
    followers = set(re.findall(r'\("([a-z_]+)", ""\)', source)) | set(re.findall(r'each\("([a-z_]+)"', source))
    assert followers
    assert followers <= set(STEPS)


def test_every_queue_named_for_a_step_is_one_that_workers_take() -> None:
    assert set(settings.CELERY_TASK_ROUTES) <= set(STEPS)
    assert {route["queue"] for route in settings.CELERY_TASK_ROUTES.values()} < set(QUEUES.split(","))


def test_every_periodic_job_runs_a_step_of_the_journey() -> None:
    assert {periodic.step for periodic in SCHEDULE} <= set(STEPS)
    assert RUN_AUTOMATION not in STEPS


def test_no_file_and_no_function_hides_a_second_subject() -> None:
    long = []
    for folder in ("apps", "config", "tests", "scripts"):
        for module in modules(folder):
            lines = module.text.count("\n")
            if lines > LONGEST_FILE:
                long.append(f"{module.place}: {lines} lines")
            long += [
                f"{module.place}:{function.line} {function.name}: {function.lines} lines"
                for function in module.functions
                if function.lines > LONGEST_FUNCTION
            ]
    assert long == []


def test_catch_all_modules_do_not_exist() -> None:
    names = {"utils", "helpers", "common", "misc", "signals"}
    assert [module.place for module in modules("apps") if module.path.stem in names] == []


def test_below_the_edge_nobody_asks_for_the_time() -> None:
    """Views, tasks, commands, templates' tags and webhooks are the edge (law 8)."""
    edge = {
        "views",
        "tasks",
        "commands",
        "templatetags",
        "webhooks",
        "context",
        "middleware",
        "simulation",
        "running",
        "demo",
        "styleguide_samples",
        "sign_in_trail",
        "back_office",
    }
    wrong = []
    for module in modules("apps"):
        path = module.path
        parts = {*path.relative_to(ROOT).parts[:-1], path.stem}
        sandboxed = "sandbox" in parts or (parts & edge) or path.name in {"clock.py", "jobs.py"} or "views" in path.stem
        if not sandboxed:
            wrong += [f"{module.place}:{call.line}" for call in module.calls if call.name in ASKING]
    assert wrong == []


def test_chromium_is_described_once() -> None:
    """The browser tests and the screenshots look at the same browser."""
    flagged = [
        module.path.name
        for folder in ("scripts", "tests")
        for module in modules(folder)
        if "--disable-gpu" in module.text
    ]
    assert [name for name in flagged if name != "test_laws.py"] == ["chromium.py"]


def test_what_was_read_is_written_to_the_trail_in_one_place() -> None:
    actions = {"view", "list", "reveal"}
    writers = [
        f"{module.place}:{call.line}"
        for module in modules("apps")
        for call in module.calls
        if call.name.rpartition(".")[2] == "record" and call.first in actions
    ]
    assert writers == []
