"""Find out about the patterns of many rule files at once, with every processor there is.

That takes more than a minute of processor time for the shipped rules, when an installation is built or nothing is
cached. The other processes are plain runs of this module: they import nothing of the program that
loads the rules, which may be anybody's.
"""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from contextlib import ExitStack, suppress
from pathlib import Path

from cleaner import matchers, patterns
from cleaner.patterns import Analysis
from cleaner.rulefile import parse
from cleaner.ruleset import PHRASES, WHOLE_LINES

#: Characters of rule files that are worth a process: about as long as one takes to start, ten times.
_WORTH = 60_000
#: More processes wait for the largest file, and take memory.
_MOST = 8


def ahead(files: Sequence[tuple[str, str]]) -> dict[str, Analysis]:
    """Return what there is to know of the patterns of (path, text) pairs of rule files, or of some of them.

    Faults are noted with their patterns; nothing raises, and where no other process can be started, this one does its part.
    """
    own, *others = _parts(files)
    with ExitStack() as started:
        processes = []
        for part in others:
            with suppress(OSError):
                processes.append(started.enter_context(_started(part)))
                started.callback(processes[-1].kill)
        _look(own)
        known = patterns.used()
        for process in processes:
            known |= _answer(process)
    return known


def _parts(files: Sequence[tuple[str, str]]) -> list[list[tuple[str, str]]]:
    """Divide the files into shares of about the same length, one for each process."""
    usual = sys.executable and not getattr(sys, "frozen", False)
    count = max(1, min(_processors(), _MOST, sum(len(text) for _, text in files) // _WORTH)) if usual else 1
    parts: list[list[tuple[str, str]]] = [[] for _ in range(count)]
    lengths = [0] * count
    for file in sorted(files, key=lambda file: -len(file[1])):
        least = lengths.index(min(lengths))
        parts[least].append(file)
        lengths[least] += len(file[1])
    return parts


def _processors() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def _started(files: Sequence[tuple[str, str]]) -> subprocess.Popen[bytes]:
    """Start a process on the files; it finds the modules where this one does."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(Path(__file__).parents[1]), *filter(None, sys.path)))}
    with tempfile.TemporaryFile() as given:
        given.write(marshal.dumps(list(files)))
        given.seek(0)
        return subprocess.Popen(  # noqa: S603
            [sys.executable, "-m", __name__], env=environment, stdin=given, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
        )


def _answer(process: subprocess.Popen[bytes]) -> dict[str, Analysis]:
    """Return what the process found out; whatever befell it, what it does not say is found out later."""
    try:
        return patterns.unpacked(process.communicate()[0])
    except matchers.UNREADABLE:
        return {}


def _look(files: Sequence[tuple[str, str]]) -> None:
    for path, text in files:
        for rule in parse(text, path, Path(path).stem).rules:
            kind, pattern = rule.fields.get("kind"), rule.fields.get("pattern")
            if pattern and kind in PHRASES and not patterns.fault(pattern):
                patterns.clues(pattern, kind in WHOLE_LINES)


def main() -> None:
    """Read the files of ``ahead`` from standard input and write what is known of their patterns to standard output."""
    _look(marshal.loads(sys.stdin.buffer.read()))  # noqa: S302
    sys.stdout.buffer.write(patterns.packed(patterns.used()))


if __name__ == "__main__":
    main()
