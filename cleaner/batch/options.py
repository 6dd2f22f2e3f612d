"""What a run is asked to do, and who is told how it goes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cleaner.batch.journal import Cursor
from cleaner.batch.model import Choice, Fields, Limits
from cleaner.config import Settings


@dataclass(frozen=True, slots=True)
class Options:
    """What a run is asked to do. ``timeout`` is in seconds for a document, ``memory`` in bytes for a worker (0: any).

    ``base`` is the folder below which outputs are named; empty: what the sources have in common.
    ``project`` are settings whose excludes hold for files that nobody named. Where ``by_source`` is
    true its rules for single files do, too: then the run's cleaner has the rules of all of them.
    """

    sources: Sequence[str]
    out: Path
    fields: Fields = field(default_factory=Fields)
    format: str = ""
    to: str = ""
    removals: tuple[str, ...] = ()
    only_failures: Path | None = None
    base: str = ""
    restart: bool = False
    workers: int = 0
    timeout: float = 60
    memory: int = 4 << 30
    limits: Limits = field(default_factory=Limits)
    project: Settings = field(default_factory=Settings)

    @property
    def by_source(self) -> bool:
        """Whether sources have rules of their own."""
        return self.project.by_file

    def choice(self, path: str) -> Choice:
        """Return which rules hold for the source at ``path``."""
        return Choice(self.project.profile_of(Path(path)), self.project.ignored(Path(path))) if self.by_source else Choice()


class Watcher(Protocol):
    """Is told how a run goes."""

    def note(self, message: str) -> None:
        """Take a line for people."""

    def progress(self, cursor: Cursor, entries: int, size: int, final: bool = False) -> None:
        """Take the state of the run, often."""


class Silent:
    """A watcher that does not care."""

    def note(self, message: str) -> None:
        """Drop the line."""

    def progress(self, cursor: Cursor, entries: int, size: int, final: bool = False) -> None:
        """Drop the state."""
