"""Our Python as the laws look at it: each file is read, parsed and walked through once in a run, whatever number of laws ask for it."""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

from apps.x12.collection import paused_collection

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True, slots=True)
class Function:
    name: str
    line: int
    lines: int


@dataclass(frozen=True, slots=True)
class Call:
    """`name`: dotted, as it is written ("clock.now"), from what follows the last call or index before it.
    `first`: the first argument, where it is written out.
    """

    name: str
    line: int
    first: object


@dataclass(frozen=True, slots=True)
class Source:
    """What is kept of a file's tree, which itself is too large to keep."""

    path: Path
    text: str
    imports: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)
    calls: list[Call] = field(default_factory=list)
    words: list[str] = field(default_factory=list)

    @property
    def place(self) -> str:
        return str(self.path.relative_to(ROOT))


def modules(folder: str) -> Iterator[Source]:
    """Those of the folder but for migrations."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        if "migrations" not in path.parts:
            yield source(path)


@cache
def source(path: Path) -> Source:
    found = Source(path, path.read_text())
    with paused_collection():
        for node in ast.walk(ast.parse(found.text)):
            match node:
                case ast.Import():
                    found.imports.extend(alias.name for alias in node.names)
                case ast.ImportFrom(level=0, module=str(name)):
                    found.imports.append(name)
                case ast.FunctionDef() | ast.AsyncFunctionDef():
                    size = (node.end_lineno or 0) - node.lineno + 1
                    found.functions.append(Function(node.name, node.lineno, size))
                case ast.Call():
                    first = node.args[0].value if node.args and isinstance(node.args[0], ast.Constant) else None
                    found.calls.append(Call(_dotted(node.func), node.lineno, first))
                case ast.Constant(value=str(word)):
                    found.words.append(word)
    return found


def _dotted(node: ast.expr) -> str:
    parts: list[str] = []
    while isinstance(node, ast.Attribute):
        parts.append(node.attr)
        node = node.value
    if isinstance(node, ast.Name):
        parts.append(node.id)
    return ".".join(reversed(parts))
