import asyncio
import json
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from apps.sandbox.world import snapshot
from apps.sandbox.world.knobs import Knobs
from apps.sandbox.world.practice import ZONE
from apps.sandbox.world.world import World
from tests.sandbox.town import MONDAY_EVENING, Town

Open = Callable[..., Town]


def live(town: Town) -> dict[str, bytes]:
    """Some days with claims, texts and payments; the files that came of it."""
    for number, claims in enumerate((town.visits(), town.visits(2)[12:]), start=1):
        town.send(claims[:8], number=number)
        town.advance(days=1)
    files: dict[str, bytes] = {}
    for _ in range(4):
        town.advance(days=5)
        files.update((path.name, path.read_bytes()) for path in town.rooms.mailbox.download.iterdir())
    return files


@pytest.mark.long
def test_the_same_seed_and_the_same_calls_give_the_same_bytes(open_town: Open) -> None:
    first, second = (live(open_town(name, calm=False)) for name in ("one", "two"))
    assert len(first) > 10
    assert first == second


def test_another_seed_is_another_world(open_town: Open) -> None:
    names = [[each.last_name for each in open_town(str(seed), seed=seed).world.people.all()] for seed in (7, 8)]
    assert names[0] != names[1]


@pytest.mark.long
def test_a_world_goes_on_from_its_snapshot(open_town: Open) -> None:
    whole, broken = open_town("whole", calm=False), open_town("broken", calm=False)
    for town in (whole, broken):
        town.send(town.visits())
        town.advance(days=2)
    broken.world.save()
    again = open_town("broken", calm=False)
    for town in (whole, again):
        town.advance(days=25)
    assert again.world.state.claims == whole.world.state.claims
    assert [path.name for path in sorted(again.rooms.mailbox.download.iterdir())] == [
        path.name for path in sorted(whole.rooms.mailbox.download.iterdir())
    ]


@pytest.mark.long
def test_a_snapshot_says_all_that_the_state_holds(open_town: Open, tmp_path: Path) -> None:
    town = open_town(calm=False, recoupment=1.0, days_to_pay=1)
    live(town)
    snapshot.save(town.world.state, tmp_path / "copy.json")
    assert snapshot.load(tmp_path / "copy.json") == (town.world.state, town.world.knobs)


@pytest.mark.parametrize(
    ("spoil", "why"),
    [
        (lambda _whole: {"version": 0, "state": {}}, "another version of the sandbox"),
        (lambda whole: whole | {"state": whole["state"] | {"knobs": '{"gone": 1}'}}, "no knob called gone"),
        (lambda whole: whole | {"state": whole["state"] | {"knobs": "{"}}, "Expecting"),
        (lambda whole: whole | {"state": whole["state"] | {"now": 7}}, "must be str"),
        (lambda whole: whole | {"state": whole["state"] | {"novel": 7}}, "'novel'"),
        (lambda whole: {"version": whole["version"]}, "'state'"),
        (lambda _whole: [], "list indices"),
    ],
)
def test_a_snapshot_that_it_cannot_go_on_from_is_refused_with_what_to_do(
    spoil: Callable[[Any], object], why: str, town: Town, tmp_path: Path
) -> None:
    path = tmp_path / "old.json"
    snapshot.save(town.world.state, path)
    path.write_text(json.dumps(spoil(json.loads(path.read_text()))))
    with pytest.raises(ValueError, match=rf"old\.json cannot be gone on from .*{why}.*move it away to begin"):
        snapshot.load(path)


def test_what_is_due_happens_in_the_order_of_time_and_ties_by_key(town: Town) -> None:
    seen: list[tuple[str, datetime]] = []

    async def note(world: World, when: datetime, payload: dict[str, str]) -> None:
        seen.append((payload["name"], when))
        assert world.now == when

    town.world.happenings["test"] = note
    for name, minutes in (("late", 9), ("b", 5), ("a", 5), ("early", 1)):
        town.world.plan(town.world.now + timedelta(minutes=minutes), "test", name, name=name)
    town.advance(minutes=10)
    assert [name for name, _ in seen] == ["early", "a", "b", "late"]


def test_what_a_happening_plans_within_the_same_stretch_happens_too(town: Town) -> None:
    seen: list[str] = []

    async def first(world: World, when: datetime, payload: dict[str, str]) -> None:
        seen.append("first")
        world.plan(when + timedelta(minutes=1), "second", "x")

    async def second(world: World, when: datetime, payload: dict[str, str]) -> None:
        seen.append("second")

    town.world.happenings.update(first=first, second=second)
    town.world.plan(town.world.now, "first", "x")
    town.advance(minutes=5)
    assert seen == ["first", "second"]


def test_what_concerns_others_happens_side_by_side_and_what_concerns_the_same_in_order(town: Town) -> None:
    begun: list[str] = []
    most = 0

    async def happen(_world: World, _when: datetime, payload: dict[str, str]) -> None:
        nonlocal most
        begun.append(payload["who"])
        running.add(payload["who"])
        most = max(most, len(running))
        await asyncio.sleep(0)
        running.remove(payload["who"])  # KeyError, and so a counted error, if the same one ran twice at once

    running: set[str] = set()
    town.world.happenings["visits"] = happen
    town.world.subjects["visits"] = lambda item: item.payload["who"]
    for minute, who in enumerate(("ada", "bo", "ada", "cy")):
        town.world.plan(town.world.now + timedelta(minutes=minute), "visits", str(minute), who=who)
    town.advance(hours=1)
    assert begun == ["ada", "bo", "ada", "cy"]
    assert most == 2
    assert town.world.counts["errors"] == 0


def test_a_happening_that_fails_is_counted_and_the_world_goes_on(town: Town) -> None:
    seen: list[str] = []

    async def broken(world: World, when: datetime, payload: dict[str, str]) -> None:
        raise RuntimeError("broken")

    async def sound(world: World, when: datetime, payload: dict[str, str]) -> None:
        seen.append("sound")

    town.world.happenings.update(broken=broken, sound=sound)
    town.world.plan(town.world.now, "broken", "x")
    town.world.plan(town.world.now, "sound", "x")
    town.advance(minutes=1)
    assert (seen, town.world.counts["errors"]) == (["sound"], 1)


@pytest.mark.parametrize(
    "changes",
    [
        {"nonsense": 1},
        {"lose_999": "x"},
        {"lose_999": -1},
        {"denials": {"50": 2}},
        {"denials": {"999": 0.1}},
        {"days_to_pay": 1.5},
        {"days_to_pay": True},
        {"lose_999": 5},
        {"lose_999": True},
        {"http_500": float("inf")},
        {"slow_seconds": float("inf")},
        {"not_enrolled": [1]},
        {"announce_bookings": ["none"]},
    ],
)
def test_a_knob_takes_only_what_it_can_mean(changes: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"[Kk]nob"):
        Knobs().turned(changes)


def test_a_share_turned_to_a_whole_number_turns_on() -> None:
    assert Knobs().turned({"lose_999": 1}).turned({"lose_999": 0.5}).lose_999 == 0.5


def test_one_share_of_a_mix_turns_without_the_others() -> None:
    assert Knobs().turned({"denials": {"50": 0.5}}).denials == {**Knobs().denials, "50": 0.5}


@pytest.mark.long
def test_a_fast_demos_payer_pays_within_minutes(open_town: Open, tmp_path: Path) -> None:
    town = open_town()
    object.__setattr__(town.world.options, "demo_speed", 1440.0)
    town.send([town.visit(payer="SGMC6")])
    town.advance(minutes=12)
    assert len(town.files("835")) == 1


def test_times_of_a_town_are_the_practices(town: Town) -> None:
    assert town.world.now.astimezone(ZONE) == MONDAY_EVENING
