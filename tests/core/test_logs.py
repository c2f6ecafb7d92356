import logging

from apps.core.logs import WordlessFormatter


def failing() -> None:
    try:
        {}["member BBX77304418"]
    except KeyError as failure:
        raise ValueError("Adelaide Fernsby, born 1980-01-01") from failure


def test_of_a_failure_only_kinds_and_places_are_written() -> None:
    try:
        failing()
    except ValueError as failure:
        record = logging.LogRecord(
            "django.request",
            logging.ERROR,
            "",
            1,
            "Internal Server Error: %s",
            ("/claims/",),
            (type(failure), failure, failure.__traceback__),
        )
    written = WordlessFormatter("%(levelname)s %(message)s").format(record)
    assert written.startswith("ERROR Internal Server Error: /claims/")
    assert "in failing" in written
    assert [line for line in written.splitlines() if line in {"ValueError", "KeyError"}] == ["ValueError", "KeyError"]
    assert "Adelaide" not in written
    assert "BBX77304418" not in written
