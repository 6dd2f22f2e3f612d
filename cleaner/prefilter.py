"""Which rules could match which lines: one scan for all required literals at once.

The prefilter answers yes or no only. What it lets through is confirmed by ``regex``; what it
holds back cannot match. Switching it off changes nothing but the time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import inf
from typing import NamedTuple, Protocol

import ahocorasick_rs

from cleaner.casing import EDGE, canonical
from cleaner.lines import Lines
from cleaner.types import Clues

#: Lengths at which beginnings and ends are compared: a few looks into sets, however many texts there are.
_LENGTHS = (16, 9, 6, 4, 3, 2)
#: Bytes by which literals are grouped.
_GROUPED = 4
#: Bytes of text for which looking up its groups of literals is cheaper than a scanner for all of them.
_FEW = 200_000


class Candidates(Protocol):
    """Finds the lines where rules could match."""

    def candidates(self, lines: Lines) -> dict[int, Iterable[int]]:
        """Return for each rule that could match the lines where it could, in order."""
        ...


class Index(NamedTuple):
    """Which literals lead to which rules.

    ``groups`` maps the first bytes of literals to pairs of a literal and its rules, each rule with the
    most code points that its line can have (-1: any number). The rules of ``everywhere`` have no literals.
    """

    groups: Mapping[bytes, Sequence[tuple[bytes, tuple[int, ...]]]]
    everywhere: tuple[int, ...]


def index(clues: Sequence[Clues]) -> Index:
    """Return the index of the rules at their positions."""
    owners: dict[bytes, list[int]] = {}
    for rule, each in enumerate(clues):
        for literal in each.literals or ():
            owners.setdefault(literal.encode(), []).extend((rule, -1 if each.longest is None else each.longest))
    groups: dict[bytes, list[tuple[bytes, tuple[int, ...]]]] = {}
    for scanned, rules in owners.items():
        groups.setdefault(scanned[:_GROUPED], []).append((scanned, tuple(rules)))
    return Index(groups, tuple(rule for rule, each in enumerate(clues) if each.literals is None))


class Prefilter:
    """A scanner for what rules demand of a line; one without literals is asked of every line.

    ``numbers`` maps the rules of the ``index`` that take part to their positions in ``clues``; by default
    the index is of these clues.
    """

    def __init__(self, clues: Sequence[Clues], known: Index | None = None, numbers: Mapping[int, int] | None = None) -> None:
        self._clues = clues
        self._index = known or index(clues)
        self._numbers = numbers if numbers is not None else {number: number for number in range(len(clues))}
        self._everywhere = [self._numbers[rule] for rule in self._index.everywhere if rule in self._numbers]
        self._short = [group for group in self._index.groups if len(group) < _GROUPED]
        self._tests: dict[int, _Test] = {}
        self._scanned = 0
        self._whole: _Scanner | None = None

    def candidates(self, lines: Lines) -> dict[int, Iterable[int]]:
        """Return for each rule that could match the lines where it could, in order."""
        if not len(lines):
            return dict.fromkeys(self._everywhere, ())
        text = canonical(lines.joined)
        near: dict[int, Iterable[int]] = {rule: range(len(lines)) for rule in self._everywhere}
        near |= self._near(text)
        if not near:
            return near
        edged = [f"\n{line}\n" for line in text.split(EDGE)[1:-1]]
        found: dict[int, Iterable[int]] = {}
        for rule, places in near.items():
            test = self._tests.get(rule)
            if test is None:
                test = self._tests[rule] = _Test(self._clues[rule])
            passed = [line for line in places if test.passes(edged[line])]
            if passed:
                found[rule] = passed
        return found

    def _near(self, text: str) -> dict[int, Iterable[int]]:
        """Return for each rule the lines that one of its literals was found in."""
        scanned = text.encode("utf-8", "surrogatepass")
        scanner = self._scanner(scanned)
        hits = scanner.hits(scanned)
        if not hits:
            return {}
        # Line i begins behind the i-th line end; the newline before the first one is no line.
        starts = list(accumulate((len(line) + 1 for line in scanned.split(b"\n")[1:-1]), initial=1))
        lengths = [len(line) for line in text.split(EDGE)[1:]]
        near: dict[int, dict[int, None]] = {}
        for literal, start, _ in hits:
            line = bisect_right(starts, start + scanner.edged[literal]) - 1
            length = lengths[line]
            # A generic word in a long paragraph is the commonest hit, and most rules are of short lines.
            for rule, longest in scanner.owners[literal]:
                if length <= longest:
                    near.setdefault(rule, {})[line] = None
        return dict(near)

    def _scanner(self, scanned: bytes) -> _Scanner:
        """Return a scanner for all literals, or, while little has been scanned, for those that could be in the text."""
        if self._whole is None:
            self._scanned += len(scanned)
            groups = self._index.groups
            if self._scanned <= _FEW:
                begun = {scanned[at : at + _GROUPED] for at in range(len(scanned) - _GROUPED + 1)}
                return _Scanner([pair for group in (*self._short, *(begun & groups.keys())) for pair in groups[group]], self._numbers)
            self._whole = _Scanner([pair for group in groups.values() for pair in group], self._numbers)
        return self._whole


class _Scanner:
    """Finds literals in bytes; of each, whether it begins with a line's beginning, and its rules with their longest lines."""

    __slots__ = ("_automaton", "edged", "owners")

    def __init__(self, pairs: Iterable[tuple[bytes, tuple[int, ...]]], numbers: Mapping[int, int]) -> None:
        literals: list[bytes] = []
        self.owners: list[list[tuple[int, float]]] = []
        for literal, rules in pairs:
            taking_part = [
                (numbers[rule], inf if longest < 0 else longest)
                for rule, longest in zip(rules[::2], rules[1::2], strict=True)
                if rule in numbers
            ]
            if taking_part:
                literals.append(literal)
                self.owners.append(taking_part)
        self.edged = [literal.startswith(b"\n") for literal in literals]
        kind = ahocorasick_rs.Implementation.ContiguousNFA
        self._automaton = ahocorasick_rs.BytesAhoCorasick(literals, implementation=kind) if literals else None

    def hits(self, scanned: bytes) -> list[tuple[int, int, int]]:
        """Return literal, start and end of every hit."""
        return self._automaton.find_matches_as_indexes(scanned, overlapping=True) if self._automaton else []


class _Test:
    """What one rule demands of a line beside its literals."""

    __slots__ = ("_also", "_first", "_last", "_longest")

    def __init__(self, clues: Clues) -> None:
        self._first = _by_length(clues.first, False)
        self._last = _by_length(clues.last, True)
        self._also = clues.also
        self._longest = inf if clues.longest is None else clues.longest + 2 * len(EDGE)

    def passes(self, line: str) -> bool:
        """Return whether a canonical line, between line ends, could match."""
        if len(line) > self._longest:
            return False
        for length, texts in self._first:
            if line[:length] in texts:
                break
        else:
            if self._first:
                return False
        for length, texts in self._last:
            if line[-length:] in texts:
                break
        else:
            if self._last:
                return False
        for literals in self._also:
            for literal in literals:
                if literal in line:
                    break
            else:
                return False
        return True


def _by_length(texts: Iterable[str], ends: bool) -> list[tuple[int, frozenset[str]]]:
    groups: dict[int, set[str]] = {}
    for text in texts:
        length = next((each for each in _LENGTHS if each <= len(text)), len(text))
        groups.setdefault(length, set()).add(text[-length:] if ends else text[:length])
    if groups.get(1):
        # Every line begins and ends with a line end.
        return []
    return [(length, frozenset(group)) for length, group in sorted(groups.items())]


class Everything:
    """The prefilter that holds nothing back: the reference that the real one is compared with."""

    def __init__(self, clues: Sequence[Clues], known: Index | None = None, numbers: Mapping[int, int] | None = None) -> None:
        self._rules = range(len(clues)) if numbers is None else numbers.values()

    def candidates(self, lines: Lines) -> dict[int, Iterable[int]]:
        """Return every line for every rule."""
        return {rule: range(len(lines)) for rule in self._rules}
