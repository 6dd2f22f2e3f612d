"""A corpus to candidate rules, in two readings: the first counts lines, the second looks at those that repeat."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from cleaner.mining.counting import HASH_BITS, Counts, value
from cleaner.mining.duplicates import Duplicates
from cleaner.mining.gather import Gatherer, Repeated, Seen
from cleaner.mining.model import Candidate, Corpus, Limits, Mined, Text
from cleaner.mining.propose import Group, propose
from cleaner.pipeline import Cleaner

#: Hosts that a group's rules are made for; documents of more make rules for any site.
_MOST_SITES = 8

Tick = Callable[[str, int], None]


def _unwatched(*_: object) -> None:
    """Take no notice."""


@dataclass(slots=True)
class _Tally:
    """What is known of a group after the first reading."""

    pages: int = 0
    characters: int = 0
    sites: list[str] = field(default_factory=list)


def mine(
    corpus: Corpus,
    limits: Limits | None = None,
    cleaner: Cleaner | None = None,
    tick: Tick = _unwatched,
    look: Callable[[Text], None] = _unwatched,
) -> Mined:
    """Return the rules that a corpus suggests, the worthiest first.

    What ``cleaner`` removes already is not proposed. ``tick`` is told the step and the number of documents behind. ``look``
    is given each document that is no copy of another.
    """
    limits = limits or Limits()
    with tempfile.TemporaryDirectory(prefix="clean-mine-") as folder:
        first = _First(Counts(Path(folder)))
        for number, text in enumerate(corpus()):
            if not first.add(text):
                look(text)
            tick("counting", number + 1)
        repeated = first.counts.frequent(lambda group: limits.needed(first.tallies[group].pages), limits.per_group, limits.total)
    gatherer = Gatherer(repeated, cleaner)
    wanted = {each >> HASH_BITS for each in repeated}
    for number, (text, copy) in enumerate(zip(corpus(), first.copies, strict=True)):
        group = first.numbers[text.group]
        if group in wanted and not copy:
            gatherer.add(Seen(text.text, group), text, group)
        tick("looking", number + 1)
    return _concluded(first, gatherer)


class _First:
    """The first reading: counts of lines, documents of each group, and which documents are copies."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.numbers: dict[str, int] = {}
        self.tallies: list[_Tally] = []
        self.copies = bytearray()
        self.ungrouped = 0
        self._duplicates = Duplicates()

    def add(self, text: Text) -> bool:
        """Count a document; return whether it was set aside."""
        group = self.numbers.setdefault(text.group, len(self.numbers))
        if group == len(self.tallies):
            self.tallies.append(_Tally())
        if not text.group:
            # Without a group there is nothing that the lines could be typical of.
            self.copies.append(1)
            self.ungrouped += 1
            return True
        seen = Seen(text.text, group)
        copy = self._duplicates.is_copy(seen.prose, value(group, "\n".join(seen.keys)))
        self.copies.append(copy)
        if copy:
            return True
        tally = self.tallies[group]
        tally.pages += 1
        tally.characters += len(text.text)
        if text.site not in tally.sites and len(tally.sites) <= _MOST_SITES:
            tally.sites.append(text.site)
        self.counts.add(seen.values())
        return False


def _concluded(first: _First, gatherer: Gatherer) -> Mined:
    by_group: dict[int, list[Repeated]] = {}
    for line in gatherer.found.values():
        by_group.setdefault(line.value >> HASH_BITS, []).append(line)
    left_out: Counter[str] = Counter()
    names = list(first.numbers)
    candidates: list[Candidate] = []
    for group, lines in sorted(by_group.items()):
        tally = first.tallies[group]
        sites = tuple(tally.sites) if len(tally.sites) <= _MOST_SITES and all(tally.sites) else ()
        candidates += propose(Group(names[group], tally.pages, tally.characters, sites), lines, left_out)
    candidates.sort(key=lambda each: (-each.evidence.characters, each.name))
    grouped = sum(bool(name) for name in names)
    total = sum(tally.characters for tally in first.tallies)
    documents = len(first.copies)
    if first.ungrouped:
        left_out["documents without a group"] = first.ungrouped
    return Mined(candidates, documents, sum(first.copies) - first.ungrouped, 0, grouped, total, dict(left_out.most_common()))
