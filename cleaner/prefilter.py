"""Which rules could match which lines: one scan for all required literals at once.

The prefilter answers yes or no only. What it lets through is confirmed by ``regex``; what it
holds back cannot match. Switching it off changes nothing but the time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from functools import cached_property
from itertools import accumulate

import ahocorasick_rs

from cleaner.lines import Lines
from cleaner.literals import EDGE, canonical


class Prefilter:
    """A scanner for the literals of the rules at the positions given; a rule with None is let through everywhere."""

    def __init__(self, literals: Sequence[tuple[str, ...] | None]) -> None:
        owners: dict[str, list[int]] = {}
        self._everywhere = [rule for rule, each in enumerate(literals) if each is None]
        for rule, each in enumerate(literals):
            for literal in each or ():
                owners.setdefault(literal, []).append(rule)
        self._literals = sorted(owners)
        self._owners = [owners[literal] for literal in self._literals]
        self._edged = [literal.startswith(EDGE) for literal in self._literals]

    @cached_property
    def _automaton(self) -> ahocorasick_rs.BytesAhoCorasick:
        return ahocorasick_rs.BytesAhoCorasick([literal.encode() for literal in self._literals])

    def candidates(self, lines: Lines) -> dict[int, Iterable[int]]:
        """Return for each rule that could match the lines where it could, in order."""
        found: dict[int, Iterable[int]] = {rule: range(len(lines)) for rule in self._everywhere}
        if not self._literals or not len(lines):
            return found
        scanned = canonical(lines.joined).encode("utf-8", "surrogatepass")
        hits = self._automaton.find_matches_as_indexes(scanned, overlapping=True)
        if not hits:
            return found
        # Line i begins behind the i-th line end; the newline before the first one is no line.
        starts = list(accumulate((len(line) + 1 for line in scanned.split(b"\n")[1:-1]), initial=1))
        near: dict[int, dict[int, None]] = {}
        for literal, start, _ in hits:
            line = bisect_right(starts, start + self._edged[literal]) - 1
            for rule in self._owners[literal]:
                near.setdefault(rule, {})[line] = None
        return {**found, **near}


class Everything:
    """The prefilter that holds nothing back: the reference that the real one is compared with."""

    def __init__(self, literals: Sequence[tuple[str, ...] | None]) -> None:
        self._rules = range(len(literals))

    def candidates(self, lines: Lines) -> dict[int, Iterable[int]]:
        """Return every line for every rule."""
        return {rule: range(len(lines)) for rule in self._rules}
