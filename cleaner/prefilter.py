"""Which rules could match which lines: what a line begins and ends with is looked up, other literals are scanned for all at once.

The prefilter answers yes or no only. What it lets through is confirmed by ``regex``; what it
holds back cannot match. Switching it off changes nothing but the time.
"""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from itertools import accumulate
from math import inf
from typing import NamedTuple, Protocol

import ahocorasick_rs

from cleaner.casing import EDGE, canonical
from cleaner.indexstore import Edges
from cleaner.types import Clues

#: Lengths at which beginnings and ends are compared: a few looks into sets, however many texts there are.
_LENGTHS = (7, 4, 3, 2, 1)
#: Bytes by which literals are grouped.
_GROUPED = 4
#: Bytes of text, and literals, up to which looking up groups of literals is cheaper than a scanner for all of them.
_FEW = 30_000
_MANY = 500
#: Code points of a short line. Many rules are of short lines only, and most of an article stands in long ones.
_SHORT = 200

#: Lines that are compared with beginnings and ends one by one before sets of them are made, which takes longer than many lines do.
_ONE_BY_ONE = 50

#: Beginnings or ends by their lengths.
_Cut = list[tuple[int, frozenset[str]]]
#: A rule and the most code points that its line can have (-1: any number), and so on.
_Owners = tuple[int, ...]


class Candidates(Protocol):
    """Finds the lines where rules could match."""

    def candidates(self, cores: Sequence[str]) -> dict[int, Iterable[int]]:
        """Return for each rule that could match which of the lines, of which these are the cores, it could match, in order."""
        ...


class Index(NamedTuple):
    """Which literals lead to which rules, each rule with the most code points that its line can have (-1: any number).

    ``edges`` holds the literals with which lines begin (behind a newline) or end (before one), cut to one of the
    lengths that are looked up. ``groups`` maps the first bytes of all others to pairs of a literal and its rules. The
    rules of ``everywhere`` have no literals. ``rules`` is how many there are, with those of other kinds.
    """

    edges: Edges
    groups: Mapping[bytes, Sequence[tuple[bytes, _Owners]]]
    everywhere: tuple[int, ...]
    rules: int


def index(clues: Sequence[Clues]) -> Index:
    """Return the index of the rules at their positions."""
    edges: dict[str, list[int]] = {}
    inside: dict[bytes, list[int]] = {}
    for rule, each in enumerate(clues):
        owner = (rule, -1 if each.longest is None else each.longest)
        for edge in dict.fromkeys(_edge(literal) for literal in each.literals or () if EDGE in literal):
            edges.setdefault(edge, []).extend(owner)
        for literal in each.literals or ():
            if EDGE not in literal:
                inside.setdefault(literal.encode(), []).extend(owner)
    groups: dict[bytes, list[tuple[bytes, _Owners]]] = {}
    for scanned, rules in inside.items():
        groups.setdefault(scanned[:_GROUPED], []).append((scanned, tuple(rules)))
    everywhere = tuple(rule for rule, each in enumerate(clues) if each.literals is None)
    return Index(Edges.of(edges), groups, everywhere, len(clues))


def _edge(literal: str) -> str:
    """Return the beginning or the end of a line that a literal stands for, cut to a length that is looked up."""
    length = _compared(len(literal) - 1)
    return literal[: length + 1] if literal.startswith(EDGE) else literal[-length - 1 :]


def _compared(length: int) -> int:
    return next(each for each in _LENGTHS if each <= length)


class Prefilter:
    """A look-up of what rules demand of a line; one without literals is asked of every line.

    ``numbers`` holds for each rule of the ``index`` its position in ``clues``, or -1 if it does not take part; by
    default the index is of these clues.
    """

    def __init__(self, clues: Sequence[Clues], known: Index | None = None, numbers: Sequence[int] | None = None) -> None:
        self._clues = clues
        self._index = known or index(clues)
        self._numbers = numbers if numbers is not None else range(len(clues))
        self._everywhere = [self._numbers[rule] for rule in self._index.everywhere if self._numbers[rule] >= 0]
        self._groups_of_short = [group for group in self._index.groups if len(group) < _GROUPED]
        self._edges: dict[str, list[tuple[int, float]]] = {}
        self._tests: dict[int, _Test] = {}
        self._scanned = 0 if len(self._index.groups) > _MANY else _FEW
        self._whole: _Scanner | None = None

    def candidates(self, cores: Sequence[str]) -> dict[int, Iterable[int]]:
        """Return for each rule that could match which of the lines it could match, in order."""
        if not cores:
            return dict.fromkeys(self._everywhere, ())
        canon = canonical(EDGE.join(cores)).split(EDGE)
        edged = [f"\n{line}\n" for line in canon]
        near: defaultdict[int, list[int]] = defaultdict(list)
        for rule in self._everywhere:
            near[rule].extend(range(len(canon)))
        self._by_edges(edged, near)
        self._by_scan(canon, near)
        found: dict[int, Iterable[int]] = {}
        for rule, places in near.items():
            test = self._tests.get(rule)
            if test is None:
                test = self._tests[rule] = _Test(self._clues[rule])
            passed = test.passing(edged, sorted(set(places)) if len(places) > 1 else places)
            if passed:
                found[rule] = passed
        return found

    def _by_edges(self, edged: Sequence[str], near: Mapping[int, list[int]]) -> None:
        """Add the lines that begin or end with a literal."""
        known = self._index.edges.known
        for length in _LENGTHS:
            size = length + len(EDGE)
            for edges in ([line[:size] for line in edged], [line[-size:] for line in edged]):
                for line in [line for line, edge in enumerate(edges) if edge in known]:
                    _note(self._owners(edges[line]), line, len(edged[line]) - 2 * len(EDGE), near)

    def _owners(self, edge: str) -> list[tuple[int, float]]:
        """Return the rules that a beginning or an end leads to, and keep them for the next line."""
        owners = self._edges.get(edge)
        if owners is None:
            owners = self._edges[edge] = _taking_part(self._index.edges.owners(edge), self._numbers)
        return owners

    def _by_scan(self, canon: Sequence[str], near: Mapping[int, list[int]]) -> None:
        """Add the lines that hold a literal."""
        encoded = [line.encode("utf-8", "surrogatepass") for line in canon]
        scanner = self._scanner(encoded)
        scanner.any.scan(encoded, canon, range(len(canon)), near)
        short = [line for line, text in enumerate(canon) if len(text) <= _SHORT]
        scanner.short.scan([encoded[line] for line in short], canon, short, near)

    def _scanner(self, encoded: Sequence[bytes]) -> _Scanner:
        """Return a scanner for all literals, or, while little has been scanned, for those that could be in the lines."""
        if self._whole is None:
            self._scanned += sum(map(len, encoded))
            groups = self._index.groups
            if self._scanned <= _FEW:
                scanned = b"\n".join(encoded)
                begun = {scanned[at : at + _GROUPED] for at in range(len(scanned) - _GROUPED + 1)}
                return _Scanner(
                    [pair for group in (*self._groups_of_short, *(begun & groups.keys())) for pair in groups[group]], self._numbers
                )
            self._whole = _Scanner([pair for group in groups.values() for pair in group], self._numbers)
        return self._whole


class _Scanner:
    """Finds literals in bytes, those of rules of any line and those of short lines alone."""

    __slots__ = ("any", "short")

    def __init__(self, pairs: Iterable[tuple[bytes, _Owners]], numbers: Sequence[int]) -> None:
        found: tuple[dict[bytes, list[tuple[int, float]]], ...] = {}, {}
        for literal, owners in pairs:
            for rule, longest in _taking_part(owners, numbers):
                found[longest <= _SHORT].setdefault(literal, []).append((rule, longest))
        self.any, self.short = map(_Automaton, found)


class _Automaton:
    """Finds literals; ``owners`` are the rules of each, with their longest lines."""

    __slots__ = ("_automaton", "_owners")

    def __init__(self, owners: Mapping[bytes, list[tuple[int, float]]]) -> None:
        self._owners = list(owners.values())
        kind = ahocorasick_rs.Implementation.ContiguousNFA
        self._automaton = ahocorasick_rs.BytesAhoCorasick(list(owners), implementation=kind) if owners else None

    def scan(self, encoded: Sequence[bytes], canon: Sequence[str], places: Sequence[int], near: Mapping[int, list[int]]) -> None:
        """Add the lines that hold a literal; ``places`` are their numbers in ``canon``."""
        hits = self._automaton.find_matches_as_indexes(b"\n".join(encoded), overlapping=True) if self._automaton else []
        if not hits:
            return
        starts = list(accumulate((len(line) + 1 for line in encoded), initial=0))
        for literal, start, _ in hits:
            line = places[bisect_right(starts, start) - 1]
            _note(self._owners[literal], line, len(canon[line]), near)


def _note(owners: Iterable[tuple[int, float]], line: int, length: int, near: Mapping[int, list[int]]) -> None:
    # A generic word in a long paragraph is the commonest hit, and most rules are of short lines.
    for rule, longest in owners:
        if length <= longest:
            near[rule].append(line)


def _taking_part(owners: Sequence[int], numbers: Sequence[int]) -> list[tuple[int, float]]:
    """Return the rules that take part, with the most code points that their lines can have."""
    return [
        (number, inf if longest < 0 else longest)
        for rule, longest in zip(owners[::2], owners[1::2], strict=True)
        if (number := numbers[rule]) >= 0
    ]


class _Test:
    """What one rule demands of a line beside its literals."""

    __slots__ = ("_also", "_clues", "_first", "_last", "_left", "_longest", "_opening")

    def __init__(self, clues: Clues) -> None:
        self._opening = clues.opening
        self._clues = clues
        self._first: _Cut = []
        self._last: _Cut = []
        #: Lines that will be looked at one by one.
        self._left = _ONE_BY_ONE
        self._also = clues.also
        self._longest = inf if clues.longest is None else clues.longest + 2 * len(EDGE)

    def passing(self, edged: Sequence[str], places: Sequence[int]) -> list[int]:
        """Return which of the places are those of canonical lines, between line ends, that could match."""
        first, last, also, longest, opening = self._first, self._last, self._also, self._longest, self._opening
        if self._left > 0:
            places = self._one_by_one(edged, places)
        passed = []
        for place in places:
            line = edged[place]
            if len(line) > longest:
                continue
            if opening and line[1] not in opening and line[1].isascii():
                continue
            for length, texts in first:
                if line[:length] in texts:
                    break
            else:
                if first:
                    continue
            for length, texts in last:
                if line[-length:] in texts:
                    break
            else:
                if last:
                    continue
            holds = line.__contains__
            for literals in also:
                if not any(map(holds, literals)):
                    break
            else:
                passed.append(place)
        return passed

    def _one_by_one(self, edged: Sequence[str], places: Sequence[int]) -> list[int]:
        """Return which of the places begin and end as they must; when that was asked of enough lines, sets are made for all later ones."""
        first, last = self._clues.first, self._clues.last
        self._left -= len(places)
        if self._left <= 0:
            self._first, self._last = _by_length(first, False), _by_length(last, True)
        return [place for place in places if (not first or edged[place].startswith(first)) and (not last or edged[place].endswith(last))]


def _by_length(texts: Iterable[str], ends: bool) -> _Cut:
    groups: dict[int, set[str]] = {}
    for text in texts:
        length = _compared(len(text) - 1) + 1 if len(text) > 1 else 1
        groups.setdefault(length, set()).add(text[-length:] if ends else text[:length])
    if groups.get(1):
        # Every line begins and ends with a line end.
        return []
    return [(length, frozenset(group)) for length, group in sorted(groups.items())]


class Everything:
    """The prefilter that holds nothing back: the reference that the real one is compared with."""

    def __init__(self, clues: Sequence[Clues], known: Index | None = None, numbers: Sequence[int] | None = None) -> None:
        self._rules = range(len(clues)) if numbers is None else [number for number in numbers if number >= 0]

    def candidates(self, cores: Sequence[str]) -> dict[int, Iterable[int]]:
        """Return every line for every rule."""
        return {rule: range(len(cores)) for rule in self._rules}
