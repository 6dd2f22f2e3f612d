"""How far a run has come, on disk: what it was asked, which sources it has, where it is and what it counted."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

from cleaner.batch import names, outputs, sources
from cleaner.batch.model import Entry
from cleaner.batch.tally import Tally, tally_of
from cleaner.errors import ConfigError, WriteError
from cleaner.writers import write_file

STATE = ".state"
#: What a run writes into its folder; ``--restart`` takes these away and nothing else.
OWN = ("data", "removals", "attributes", "failures.jsonl", "failures.jsonl.part", "run.json", "report.html", ".shards", STATE)
#: Raise it when a run that an older version began cannot be gone on with.
FORM = 1


@dataclass(slots=True)
class Cursor:
    """Where a run is: so many entries are behind it, and so many units of the next. ``pace`` is (seconds, documents, bytes) over time."""

    entry: int = 0
    units: int = 0
    bytes: int = 0
    lengths: dict[str, int] = field(default_factory=dict)
    tally: Tally = field(default_factory=Tally)
    sessions: list[dict[str, Any]] = field(default_factory=list)
    pace: list[tuple[float, int, int]] = field(default_factory=list)
    finished: bool = False


class Journal:
    """The folder of a run and its state. Only one process may hold it. Raises ``ConfigError`` and ``WriteError``."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self._state = out / STATE
        self.total = 0
        self.total_bytes = 0
        try:
            out.mkdir(parents=True, exist_ok=True)
            if not self._state.exists() and any(out.iterdir()):
                raise ConfigError(f"{out}: holds files but no run of `clean batch`; name a new or empty folder with --out")
            self._state.mkdir(exist_ok=True)
            self._lock = (self._state / "lock").open("w")
            fcntl.flock(self._lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            self._lock.close()
            raise ConfigError(f"{out}: another run is at work here") from None
        except OSError as error:
            raise WriteError(f"{out}: cannot be written: {error.strerror or error}") from None

    def close(self) -> None:
        """Let others have the folder."""
        self._lock.close()

    def clear(self) -> None:
        """Forget the run that is here, and its outputs."""
        for name in OWN:
            path = self.out / name
            if name == STATE:
                for each in path.iterdir():
                    if each.name != "lock":
                        each.unlink()
            elif path.is_dir():
                shutil.rmtree(path)
            else:
                with suppress(FileNotFoundError):
                    path.unlink()

    def begin(self, plan: Mapping[str, Any], listed: sources.Sources) -> Cursor:
        """Return where to begin: at the start, or where an earlier run with the same plan and sources came to.

        Raises ``ConfigError`` if plan or sources are not the same, or two sources would have one output.
        """
        list_ = self._state / "sources.jsonl"
        fresh = self._state / "sources.new"
        digest = sha256()
        taken = names.Taken(str(plan["to"]))
        self.total = self.total_bytes = 0
        with fresh.open("w", encoding="utf-8", errors="surrogateescape") as lines:
            for entry in listed:
                taken.take(entry)
                line = sources.to_line(entry)
                lines.write(line)
                digest.update(line.encode())
                self.total += 1
                self.total_bytes += entry.size
        known = {"form": FORM, **plan, "sources": digest.hexdigest()}
        stored = self._state / "plan.json"
        if stored.exists():
            before = json.loads(stored.read_bytes())
            if before != known:
                fresh.unlink()
                raise ConfigError(self._different(before, known))
            if listed.standard_input:
                raise ConfigError("a run on standard input cannot be gone on with; use --restart, or another --out")
            fresh.unlink()
            return self.stored()
        os.replace(fresh, list_)
        write_file(stored, (json.dumps(known, indent=1) + "\n").encode())
        return Cursor()

    def entries(self, first: int) -> Iterator[tuple[int, Entry]]:
        """Yield the sources from number ``first`` on, with their numbers."""
        with (self._state / "sources.jsonl").open(encoding="utf-8") as lines:
            for number, line in enumerate(lines):
                if number >= first:
                    yield number, sources.from_line(line)

    def save(self, cursor: Cursor, written: outputs.Outputs) -> None:
        """Store where the run is; from now on it can be cut off and gone on with from here."""
        cursor.lengths, finished = written.checkpoint()
        record = {
            "entry": cursor.entry, "units": cursor.units, "bytes": cursor.bytes, "lengths": cursor.lengths, "finish": finished,
            "tally": cursor.tally.record(), "sessions": cursor.sessions, "pace": cursor.pace, "finished": cursor.finished,
        }  # fmt: skip
        write_file(self._state / "cursor.json", json.dumps(record).encode())
        written.settle()

    def stored(self) -> Cursor:
        """Return where the run came to, its finished outputs called by their names."""
        file = self._state / "cursor.json"
        if not file.exists():
            return Cursor()
        record = json.loads(file.read_bytes())
        outputs.rename(self.out, record["finish"])
        return Cursor(
            record["entry"], record["units"], record["bytes"], record["lengths"], tally_of(record["tally"]), record["sessions"],
            [tuple(point) for point in record["pace"]], record["finished"],
        )  # fmt: skip

    def _different(self, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
        called = {
            "rules": "the rules",
            "settings": "the project's rules for single files",
            "sources": "the sources (files were added, changed or taken away)",
            "form": "the version of clean",
        }
        changed = [key for key in now if before.get(key) != now[key]]
        what = [called.get(key, f"--{key.replace('_', '-')} ({_short(before.get(key))}, now {_short(now[key])})") for key in changed]
        return (
            f"{self.out}: holds a run that differs in {'; '.join(what)}. To go on with it, give what was given then; "
            f"to do all of it again, use --restart; to keep it, name another --out"
        )


def _short(value: object) -> str:
    return json.dumps(value)[:60]
