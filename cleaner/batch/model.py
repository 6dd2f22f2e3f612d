"""What travels between the parts of a batch run: jobs, chunks, records and what became of them. All of it can be pickled."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO, Protocol

from cleaner.batch.tally import Tally
from cleaner.ruleset import RuleSet


@dataclass(frozen=True, slots=True)
class Fields:
    """The names of the fields or columns that hold a record's text, page, address and id; empty: there is none."""

    text: str = ""
    html: str = ""
    url: str = ""
    id: str = ""

    def known(self) -> dict[str, str]:
        """Return what is set."""
        return {name: value for name in self.__slots__ if (value := getattr(self, name))}


@dataclass(frozen=True, slots=True)
class Limits:
    """The sizes of what is handled at once, in bytes and records. A document above ``document`` bytes is not read."""

    chunk: int = 1 << 18
    records: int = 256
    document: int = 50 << 20


@dataclass(frozen=True, slots=True)
class Choice:
    """Which of a job's rules hold for a source: those of a profile less the ignored ones; by default all."""

    profile: str = "aggressive"
    ignore: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Job:
    """Everything that a worker needs to know: rules and how results are written.

    ``removals`` are the forms of the sidecar: ``clean``, ``dolma``. ``select`` narrows the rules of all sources.
    Loose files are written below ``out``; empty: they are handed over like the files of an archive.
    """

    ruleset: RuleSet
    max_removed: float
    removals: tuple[str, ...] = ()
    select: tuple[str, ...] = ()
    out: str = ""


@dataclass(frozen=True, slots=True)
class Bad:
    """In place of a record that could not even be read: why, and what it is called, if that is known."""

    message: str
    id: str = ""


@dataclass(frozen=True, slots=True)
class Blank:
    """What stands between records and passes as it is, uncounted."""

    content: Any


@dataclass(frozen=True, slots=True)
class Entry:
    """One source file. ``path`` is where it lies, ``name`` its path below what was given, with ``/``.

    ``format`` names a module of ``formats``, ``compression`` is ``gzip``, ``zstd`` or empty.
    """

    path: str
    name: str
    format: str
    compression: str
    size: int
    changed: int = 0


@dataclass(frozen=True, slots=True)
class Chunk:
    """Consecutive records of a source: ``items`` as its format has them, ``units`` of the source in all, from ``first``.

    ``head`` is what the format needs to know of the source to read and write its records.
    """

    items: list[Any]
    first: int
    units: int
    size: int
    head: Any = None


@dataclass(frozen=True, slots=True)
class Work:
    """A chunk on its way to a worker.

    ``source`` is what errors call the source; empty: the items are loose files. ``out`` is the output's
    path, ``to`` its format; empty: that of the source. ``next`` is where a run goes on
    when this is done: a number of entry and the units of it that are behind. ``error`` says why nothing
    more can be read. ``only`` are the numbers of the records wanted; None: all.
    """

    chunk: Chunk
    format: str
    source: str
    out: str
    to: str
    compression: str
    fields: Fields
    next: tuple[int, int]
    closes: bool = False
    error: str = ""
    only: frozenset[int] | None = None
    choice: Choice = Choice()


@dataclass(frozen=True, slots=True)
class Trouble:
    """A record that failed or was refused; ``record`` counts from 1 in its source."""

    source: str
    record: int
    id: str
    status: str
    reason: str

    def record_of(self) -> dict[str, str | int]:
        """Return it as a line of ``failures.jsonl`` holds it."""
        return {"source": self.source, "record": self.record, "id": self.id, "status": self.status, "reason": self.reason}


@dataclass(slots=True)
class Done:
    """What became of a chunk: ``output`` is one piece of the source's output, or one file for each name."""

    output: list[tuple[str, bytes]] = field(default_factory=list)
    removals: bytes = b""
    attributes: bytes = b""
    troubles: list[Trouble] = field(default_factory=list)
    tally: Tally = field(default_factory=Tally)


class Record(Protocol):
    """A document of a source and how it is written back."""

    @property
    def number(self) -> int:
        """Its place in its source, from 1."""

    @property
    def id(self) -> str:
        """What the source calls it, or the source's name and its number."""

    @property
    def url(self) -> str | None:
        """Its page's address."""

    @property
    def kind(self) -> str:
        """What there is to clean: ``text``, ``html``, ``file`` (text or HTML) or ``none`` (nothing: it passes)."""

    @property
    def data(self) -> str | bytes:
        """The text, the page or the file."""

    def unchanged(self) -> Any:
        """Return the record in its source's format, as it was."""

    def render(self, text: str, raw: str = "") -> Any:
        """Return the record in its source's format with another text; ``raw``: what an earlier ``raw`` returned."""

    def raw(self, text: str) -> str:
        """Return what ``render`` needs to turn the record, rendered with ``text``, into exactly what it was; empty: nothing."""

    def others(self) -> dict[str, Any]:
        """Return the fields beside the text, for an output of another format."""


class Format(Protocol):
    """How sources of one kind are read, in the parent by chunks and in a worker by records, and written."""

    def chunks(self, stream: BinaryIO, name: str, limits: Limits, skip: int) -> Iterator[Chunk]:
        """Yield the records after the first ``skip`` units; raises ``ReadError`` for what is not of this format."""

    def guess(self, chunk: Chunk, given: Fields, name: str, to: str = "") -> Fields:
        """Return the fields to use, from the first records and what the person said; ``to``: as in ``Work``; raises ``ReadError``."""

    def records(self, work: Work) -> Iterator[Record | Bad | Blank]:
        """Yield the records of a chunk."""

    def join(self, pieces: list[Any], work: Work, compression: str) -> bytes:
        """Return rendered records as bytes to append to the output."""
