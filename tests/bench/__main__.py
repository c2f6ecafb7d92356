"""`make bench`: how fast and in how much memory the codec reads and writes, beside what else there is, in one run on one core.

The ratio to a peer of the same run is what counts; a figure alone depends on the machine. Exit status 1 where a bar is missed.
"""

import os
import statistics
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from tests.bench import readers
from tests.bench.claim_file import claim_batch, envelope
from tests.bench.remittance_file import remittance_file

CLAIMS = 10_000
RUNS = 7
# These are so slow that they read a tenth of the file, once.
SLOW = 1_000
MOST_MEGABYTES = 80
WRITTEN_A_SECOND = 10_000
READ_A_SECOND = 12_000

Reader = Callable[[bytes], int]


def seconds(reader: Reader, data: bytes) -> float:
    begun = time.perf_counter()
    reader(data)
    return time.perf_counter() - begun


def alternated(rivals: list[Reader], data: bytes) -> dict[str, float]:
    """The median of each, all of them taking turns, so that what else the machine does meets all alike."""
    found: dict[str, list[float]] = {reader.__name__: [] for reader in rivals}
    for _ in range(RUNS):
        for reader in rivals:
            found[reader.__name__].append(seconds(reader, data))
    return {name: statistics.median(times) for name, times in found.items()}


def megabytes(claims: int) -> float:
    """The most memory that a process of its own ever held while it read so many claims from a file."""
    done = subprocess.run(
        [sys.executable, "-m", "tests.bench", "memory", str(claims)], capture_output=True, text=True, check=True
    )
    return float(done.stdout)


def main() -> int:
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    data = remittance_file(CLAIMS)
    print(f"835, {CLAIMS:,} claims of 2 lines, {len(data) / 1e6:.1f} MB; medians of {RUNS} alternated runs, one core")
    fast: list[Reader] = [readers.throughline, readers.oxedi_stream, readers.oxedi_by_claim, readers.bytes_split]
    medians = alternated(fast, data)
    ours = medians["throughline"]
    for name, median in medians.items():
        print(
            f"  {name:<16} {median:7.3f} s {CLAIMS / median:>12,.0f} claims/s   ours takes {ours / median:.2f} times as long"
        )
    some = remittance_file(SLOW)
    for reader in (readers.openx12, readers.edi_835_parser, readers.pyx12):
        taken = seconds(reader, some)
        print(f"  {reader.__name__:<16} {taken:7.3f} s {SLOW / taken:>12,.0f} claims/s   once, {SLOW:,} claims")
    missed = [] if ours <= medians["oxedi_stream"] else ["slower than oxedi.stream"]
    for claims in (CLAIMS, 10 * CLAIMS):
        most = megabytes(claims)
        print(f"  peak memory of {claims:,} claims read from a file: {most:.0f} MB")
        missed += [f"more than {MOST_MEGABYTES} MB"] if most > MOST_MEGABYTES else []
    missed += claims_written_and_read()
    print(f"bench: {'missed: ' + ', '.join(missed) if missed else 'every bar is reached'}")
    return 1 if missed else 0


def claims_written_and_read() -> list[str]:
    """837P, what is missed."""
    from apps.x12 import stream, write_837p

    batch = claim_batch()
    count = len(batch.claims)
    data = write_837p(batch, envelope())
    written, read = [], []
    for _ in range(RUNS):
        written.append(seconds(lambda _data: len(write_837p(batch, envelope())), data))
        read.append(seconds(lambda data: sum(1 for _ in stream(data)), data))
    writing, reading = count / statistics.median(written), count / statistics.median(read)
    print(f"837P, {count:,} claims of 2 lines, {len(data) / 1e6:.1f} MB")
    print(f"  written {writing:>10,.0f} claims/s\n  read    {reading:>10,.0f} claims/s")
    return [f"837P written slower than {WRITTEN_A_SECOND:,} claims/s"] * (writing < WRITTEN_A_SECOND) + [
        f"837P read slower than {READ_A_SECOND:,} claims/s"
    ] * (reading < READ_A_SECOND)


def memory(claims: int) -> None:
    import tempfile

    from apps.x12 import stream

    with tempfile.TemporaryFile() as file:
        # Made by another process: this one shall only read.
        maker = [sys.executable, "-m", "tests.bench", "make", str(claims)]
        subprocess.run(maker, stdout=file, check=True)
        file.seek(0)
        for _event in stream(file):
            pass
    # Not getrusage: across an exec it remembers what the parent held.
    status = Path("/proc/self/status").read_text()
    print(int(status.partition("VmHWM:")[2].split()[0]) / 1024)


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["memory", count]:
            memory(int(count))
        case ["make", count]:
            sys.stdout.buffer.write(remittance_file(int(count)))
        case _:
            sys.exit(main())
