"""Log lines without patients."""

import logging
import traceback
from types import TracebackType


class WordlessFormatter(logging.Formatter):
    """Of an exception only its kinds and where it passed: a database's or a parser's words may hold names and member ids."""

    def formatException(  # noqa: N802  logging's name
        self,
        ei: tuple[type[BaseException], BaseException, TracebackType | None] | tuple[None, None, None],
    ) -> str:
        lines: list[str] = []
        failure = ei[1]
        while failure is not None:
            frames = traceback.extract_tb(failure.__traceback__)
            lines += [f"  {frame.filename}:{frame.lineno} in {frame.name}" for frame in frames]
            lines.append(type(failure).__name__)
            failure = failure.__cause__ or (None if failure.__suppress_context__ else failure.__context__)
        return "\n".join(lines)
