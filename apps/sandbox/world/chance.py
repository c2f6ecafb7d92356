"""Every decision of the world is a hash of the seed and a stable key, so the order of calls can change nothing."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True)
class Chance:
    seed: int

    def digest(self, *key: object, size: int = 8) -> bytes:
        text = "|".join(map(str, (self.seed, *key)))
        return blake2b(text.encode(), digest_size=size).digest()

    def number(self, *key: object) -> int:
        return int.from_bytes(self.digest(*key), "big")

    def unit(self, *key: object) -> float:
        """A number in [0, 1)."""
        return self.number(*key) / 2**64

    def happens(self, share: float, *key: object) -> bool:
        return self.unit(*key) < share

    def between(self, low: int, high: int, *key: object) -> int:
        """A whole number from `low` to `high`, both included."""
        return low + self.number(*key) % (high - low + 1)

    def pick(self, items: Sequence[T], *key: object) -> T:
        return items[self.number(*key) % len(items)]

    def sample(self, items: Sequence[T], count: int, *key: object) -> list[T]:
        ranked = sorted(range(len(items)), key=lambda place: self.number(*key, place))
        return [items[place] for place in ranked[:count]]

    def weighted(self, shares: Mapping[str, float], *key: object) -> str | None:
        """One name by its share of all; None with the share that is left below one."""
        point = self.unit(*key)
        for name, share in shares.items():
            if point < share:
                return name
            point -= share
        return None

    def secret(self, *key: object) -> str:
        return self.digest("secret", *key, size=16).hex()
