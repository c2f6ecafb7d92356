"""Laws of the architecture that import-linter cannot see."""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from django.conf import settings

from apps.automations.running.product import QUEUES
from apps.automations.schedule import SCHEDULE
from apps.automations.steps import STEPS
from apps.automations.tasks import RUN_AUTOMATION, TASKS

ROOT = Path(__file__).resolve().parents[2]
LONGEST_FILE = 400
LONGEST_FUNCTION = 60
ASKING = {"clock.now", "clock.today", "timezone.now", "datetime.now"}


def modules(folder: str) -> Iterator[tuple[Path, ast.Module]]:
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "migrations" not in path.parts:
            yield path, ast.parse(path.read_text())


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            yield node.module


def test_the_codec_knows_the_standard_library_only() -> None:
    foreign = [
        f"{path.name}: {name}"
        for path, tree in modules("apps/x12")
        for name in imported(tree)
        if name.split(".")[0] not in sys.stdlib_module_names and not name.startswith("apps.x12")
    ]
    assert foreign == []


def test_no_adapter_knows_another() -> None:
    home = ROOT / "apps/connectors/adapters"
    names = {path.name for path in home.iterdir() if path.is_dir() and path.name != "__pycache__"}
    wrong = []
    for path, tree in modules("apps/connectors/adapters"):
        own = path.relative_to(home).parts[0]
        for name in imported(tree):
            parts = name.removeprefix("apps.connectors.adapters.").split(".")
            if name.startswith("apps.connectors.adapters.") and parts[0] in names - {own}:
                wrong.append(f"{path.relative_to(ROOT)}: {name}")
    assert wrong == []


def nudged_names() -> Iterator[tuple[Path, str]]:
    for path, tree in modules("apps"):
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "nudge":
                first = node.args[0]
                if isinstance(first, ast.Constant):
                    yield path, first.value


def test_every_nudged_step_is_a_registered_task() -> None:
    wrong = [f"{path.relative_to(ROOT)}: {name}" for path, name in nudged_names() if name not in TASKS]
    assert wrong == []


def test_every_step_that_follows_another_exists() -> None:
    source = (ROOT / "apps/automations/steps.py").read_text()
    followers = set(re.findall(r'\("([a-z_]+)", ""\)', source)) | set(re.findall(r'_each\("([a-z_]+)"', source))
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
        for path, tree in modules(folder):
            lines = path.read_text().count("\n")
            if lines > LONGEST_FILE:
                long.append(f"{path.relative_to(ROOT)}: {lines} lines")
            for node in ast.walk(tree):
                if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                    size = (node.end_lineno or 0) - node.lineno + 1
                    if size > LONGEST_FUNCTION:
                        long.append(f"{path.relative_to(ROOT)}:{node.lineno} {node.name}: {size} lines")
    assert long == []


def test_catch_all_modules_do_not_exist() -> None:
    names = {"utils", "helpers", "common", "misc", "signals"}
    assert [str(path) for path, _ in modules("apps") if path.stem in names] == []


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
    for path, tree in modules("apps"):
        parts = {*path.relative_to(ROOT).parts[:-1], path.stem}
        sandboxed = "sandbox" in parts or (parts & edge) or path.name in {"clock.py", "jobs.py"} or "views" in path.stem
        if sandboxed:
            continue
        calls = (node for node in ast.walk(tree) if isinstance(node, ast.Call))
        wrong += [f"{path.relative_to(ROOT)}:{call.lineno}" for call in calls if ast.unparse(call.func) in ASKING]
    assert wrong == []


def test_chromium_is_described_once() -> None:
    """The browser tests and the screenshots look at the same browser."""
    flagged = [
        path for folder in ("scripts", "tests") for path, _ in modules(folder) if "--disable-gpu" in path.read_text()
    ]
    assert [path.name for path in flagged if path.name != "test_laws.py"] == ["chromium.py"]


def test_what_was_read_is_written_to_the_trail_in_one_place() -> None:
    writers = {
        str(path.relative_to(ROOT)): ast.unparse(node)
        for path, tree in modules("apps")
        for node in ast.walk(tree)
        if isinstance(node, ast.Call) and _records(node) & {"view", "list", "reveal"}
    }
    assert writers == {}


def _records(call: ast.Call) -> set[object]:
    """The action that the call writes to the trail, where it is written out."""
    name = ast.unparse(call.func).rpartition(".")[2]
    return {each.value for each in call.args[:1] if name == "record" and isinstance(each, ast.Constant)}
