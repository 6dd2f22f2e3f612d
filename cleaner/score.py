"""What rules are worth and what they cost: words of junk removed and of content lost, by rule and by family.

A word counts for the rule that removed it; that another rule would have removed it as well does not show.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

from cleaner.errors import RuleTimeout
from cleaner.labelled import Labelled, words
from cleaner.pipeline import Cleaner
from cleaner.types import Document

#: A document that loses more than this share of its content words is counted as damaged.
_DAMAGED = 0.05
_COLUMNS = (("junk", 9), ("of all", 9), ("content", 10), ("of all", 10), ("title etc.", 12), ("unsure", 9), ("sites", 7), ("removals", 10))


@dataclass(slots=True)
class Tally:
    """Words removed, by label, on how many sites, in how many removals; ``eaten`` are pieces of content that went."""

    gone: Counter[str] = field(default_factory=Counter)
    sites: set[str] = field(default_factory=set)
    removals: int = 0
    eaten: list[str] = field(default_factory=list)


@dataclass(slots=True)
class Score:
    """The figures of a whole corpus; ``words`` are all words by label."""

    profile: str
    documents: int = 0
    damaged: int = 0
    refused: int = 0
    failed: int = 0
    words: Counter[str] = field(default_factory=Counter)
    total: Tally = field(default_factory=Tally)
    rules: dict[str, Tally] = field(default_factory=dict)

    @property
    def families(self) -> dict[str, Tally]:
        """The tallies of each family's rules, added up."""
        families: dict[str, Tally] = {}
        for rule, tally in self.rules.items():
            family = families.setdefault(rule.partition("/")[0], Tally())
            family.gone += tally.gone
            family.sites |= tally.sites
            family.removals += tally.removals
            family.eaten += tally.eaten
        return families


def score(cleaner: Cleaner, corpus: Iterable[Labelled], profile: str = "safe", with_url: bool = True) -> Score:
    """Return the figures of cleaning a corpus; ``with_url=False`` hides the addresses, so that site rules rest."""
    result = Score(profile)
    for labelled in corpus:
        _add(result, cleaner, labelled, with_url)
    return result


def record(result: Score) -> dict[str, Any]:
    """Return the score as JSON can hold it, families and rules by worth; shares are of all junk and all content words."""
    return {
        "profile": result.profile,
        "documents": result.documents,
        "documents_losing_over_5_percent": result.damaged,
        "refused": result.refused,
        "failed": result.failed,
        "words": dict(sorted(result.words.items())),
        "total": _figures(result.total, result),
        "families": {name: _figures(tally, result) for name, tally in _ranked(result.families)},
        "rules": {name: _figures(tally, result) for name, tally in _ranked(result.rules)},
    }


def table(result: Score, by: str = "family") -> Iterator[str]:
    """Yield the score as lines of a table, by ``family`` or ``rule``, the worthiest first."""
    rows = _ranked(result.families if by == "family" else result.rules)
    width = max([len(name) for name, _ in rows] + [5])
    yield f"{by:{width}}" + "".join(f"{name:>{size}}" for name, size in _COLUMNS)
    for name, tally in [*rows, ("total", result.total)]:
        figures = _figures(tally, result)
        cells = (
            f"{figures['junk']:,}", f"{figures['junk_share']:.3%}", f"{figures['content']:,}", f"{figures['content_share']:.4%}",
            f"{figures['meta']:,}", f"{tally.gone['unsure'] + tally.gone['dup']:,}", f"{figures['sites']:,}", f"{figures['removals']:,}",
        )  # fmt: skip
        yield f"{name:{width}}" + "".join(f"{cell:>{size}}" for cell, (_, size) in zip(cells, _COLUMNS, strict=True))


def eaten(result: Score, most: int) -> Iterator[str]:
    """Yield the ``most`` longest pieces of content that rules took, with the rule."""
    pieces = [(words(text), rule, text) for rule, tally in result.rules.items() for text in tally.eaten]
    for count, rule, text in sorted(pieces, key=lambda piece: (-piece[0], piece[1], piece[2]))[:most]:
        yield f"{count:6}  [{rule}] {' '.join(text.split())[:200]}"


def _add(result: Score, cleaner: Cleaner, labelled: Labelled, with_url: bool) -> None:
    counts: Counter[str] = Counter()
    for line, label in zip(labelled.lines, labelled.labels, strict=True):
        counts[label] += words(line)
    result.documents += 1
    result.words += counts
    try:
        cleaned = cleaner.clean(Document(labelled.id, labelled.text, labelled.url if with_url else None))
    except RuleTimeout:
        result.failed += 1
        return
    result.refused += bool(cleaned.refused)
    starts = [0, *accumulate(len(line) + 1 for line in labelled.lines)]
    lost: Counter[str] = Counter()
    for removal in cleaned.removals:
        tally = result.rules.setdefault(removal.rule, Tally())
        tally.removals += 1
        tally.sites.add(labelled.site)
        for label, piece in _pieces(removal.start, removal.end, starts, labelled):
            count = words(piece)
            tally.gone[label] += count
            lost[label] += count
            if label == "content" and count:
                tally.eaten.append(piece)
    if cleaned.removals:
        result.total.gone += lost
        result.total.sites.add(labelled.site)
        result.total.removals += len(cleaned.removals)
    result.damaged += lost["content"] > _DAMAGED * counts["content"]


def _pieces(start: int, end: int, starts: list[int], labelled: Labelled) -> Iterator[tuple[str, str]]:
    """Yield what of each line lies between the offsets, with the line's label."""
    at = bisect_right(starts, start) - 1
    while at < len(labelled.lines) and starts[at] < end:
        yield labelled.labels[at], labelled.lines[at][max(start - starts[at], 0) : end - starts[at]]
        at += 1


def _ranked(tallies: dict[str, Tally]) -> list[tuple[str, Tally]]:
    return sorted(tallies.items(), key=lambda entry: (-entry[1].gone["junk"], entry[0]))


def _figures(tally: Tally, result: Score) -> dict[str, Any]:
    junk, content = tally.gone["junk"], tally.gone["content"]
    return {
        "junk": junk,
        "junk_share": junk / result.words["junk"] if result.words["junk"] else 0.0,
        "content": content,
        "content_share": content / result.words["content"] if result.words["content"] else 0.0,
        "meta": tally.gone["meta"],
        "sites": len(tally.sites),
        "removals": tally.removals,
    }
