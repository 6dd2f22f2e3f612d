"""What travels between the parts of mining: texts in, candidates with their evidence out."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

#: Where in a document a line stands: before its first own prose line, between that and the last, after it.
ZONES = ("head", "body", "tail")


@dataclass(frozen=True, slots=True)
class Text:
    """A document to mine. ``group`` is what its lines are counted in; ``site`` its host without ``www.``, if known.

    ``page`` is the markup of a page, where the text was taken from one.
    """

    id: str
    text: str
    group: str
    url: str | None = None
    site: str = ""
    page: str | bytes | None = None


#: Yields all documents of the corpus, the same ones in the same order each time it is called.
Corpus = Callable[[], Iterator[Text]]


@dataclass(frozen=True, slots=True)
class Limits:
    """When a line counts as repeated, and how much is kept in memory.

    A line is a candidate on ``documents`` documents and on ``share`` of its group's; groups of fewer than ``pages``
    documents are left alone. ``per_group`` and ``total`` bound the candidate lines.
    """

    documents: int = 2
    share: float = 0.01
    pages: int = 4
    per_group: int = 300
    total: int = 30_000

    def needed(self, pages: int) -> int:
        """Return on how many documents of a group of ``pages`` a line must stand; none will do in a group that is too small."""
        return max(self.documents, math.ceil(self.share * pages)) if pages >= self.pages else pages + 1


@dataclass(frozen=True, slots=True)
class Context:
    """A line as it stands in a document, with the lines around it."""

    document: str
    before: str
    text: str
    after: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """Why a candidate is one.

    ``documents`` of the group's ``pages`` hold it, in all ``occurrences`` times; ``zones`` counts where. ``characters``
    is what it would remove, ``share`` that part of the group's text. ``near`` are lines that nearly match and stay.
    """

    documents: int
    pages: int
    occurrences: int
    zones: tuple[int, int, int]
    characters: int
    share: float
    contexts: tuple[Context, ...] = ()
    near: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Candidate:
    """A rule that is proposed. ``fields`` are its keys but id, sites and examples, with values as TOML has them."""

    name: str
    group: str
    kind: str
    why: str
    fields: dict[str, Any]
    sites: tuple[str, ...]
    removes: tuple[str | dict[str, str], ...]
    keeps: tuple[str, ...]
    evidence: Evidence

    @property
    def key(self) -> str:
        """What the rule is remembered by once it was rejected."""
        return key_of(self.sites, self.kind, self.fields[self.kind])


def key_of(sites: Iterable[str], kind: str, value: Any) -> str:
    """Return what a rule is remembered by: its sites and what it removes, ``value`` being that of the key of its kind."""
    return json.dumps([sorted(sites), kind, [value["from"], value["to"]] if kind == "block" else value], ensure_ascii=False)


@dataclass(slots=True)
class Mined:
    """The end of a mining run: candidates, the worthiest first, and counts of what was seen and left out.

    ``left_out`` says how many candidates were not proposed, by reason.
    """

    candidates: list[Candidate] = field(default_factory=list)
    documents: int = 0
    copies: int = 0
    failed: int = 0
    groups: int = 0
    characters: int = 0
    left_out: dict[str, int] = field(default_factory=dict)
