"""Required literals: texts one of which is in everything that a pattern matches.

They are read off the ``regex`` package's own parse tree, so that what the prefilter believes of a
pattern is what the engine will do with it; what is not known for certain is no literal. Of all the
sets that a pattern requires the one that will be found least often is chosen; how a matching line
has to begin and end is a second, cheap test of the lines where it is found.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache, reduce
from math import fsum, log2
from typing import Any, NamedTuple

from regex import _regex_core

from cleaner.casing import EDGE
from cleaner.fold import DECORATION
from cleaner.matchers import build
from cleaner.rarity import bits
from cleaner.trees import ANCHORS, GROUPS, LINE_ENDS, LINE_STARTS, REPEATS, UNREADABLE, members, parse_tree, variant
from cleaner.types import Clues

#: A match this wide is as good as unbounded.
_UNBOUNDED = 10_000
_MOST_ALTERNATIVES = 64
#: Beginnings, or ends, that a line is compared with.
_MOST_ENDS = 256
#: Where a literal ends, by how many a pattern has: many are told apart by their beginnings, and cost memory.
_LENGTHS = ((6, 24), (16, 10), (10**9, 8))
#: Code points of a literal that count when it is rated: what is beyond them is compared, too, but not looked for.
_RATED = 12
#: Bits of rarity that make a literal worth looking for.
_RARE = 8.0
#: Sets of literals that are demanded of a text at once, and how many literals each may have.
_MOST_SETS = 3
_MOST_COMPARED = 32
#: A set that goes without saying for more of the lines is not worth comparing.
_LEAST_OPEN = 0.1
#: Code points of a line's beginning or end that are compared.
_LONGEST_END = 24
#: What a canonical line can begin with in ASCII, and the characters that each of these stands for.
_MARKS = [chr(code) for code in range(0x21, 0x7F) if not "A" <= chr(code) <= "Z"]
_CASES = {mark: {mark, mark.upper(), *{"i": "\u0130\u0131", "k": "\u212a", "s": "\u017f"}.get(mark, "")} for mark in _MARKS}
#: A line may begin with so many of them before it is not worth looking.
_MOST_OPENINGS = 60
#: Seconds in which a pattern must say what it can begin with.
_TIMEOUT = 0.2


def clues(pattern: str, whole_line: bool) -> Clues:
    """Return what to look for before trying the pattern.

    ``whole_line``: the pattern has to match a line from end to end, so the line's ends, written as
    a newline, are part of the literals. Otherwise literals are stripped of decoration, because the
    scanned text lacks it at the ends of lines.
    """
    found = _read(pattern, whole_line)
    sets = _ranked(found)
    most = longest(pattern) if whole_line or _anchored(pattern) else None
    if not whole_line:
        sets = tuple(frozenset(literal.strip(DECORATION + EDGE) for literal in each) for each in sets)
    # What a set is worth shows when its literals are as they will be looked for.
    sets = tuple(sorted((each for each in sets if all(map(_usable, each))), key=lambda each: -_rarity(_shortened(each))))
    first, last = (_least(found.begin.texts, False), _least(found.end.texts, True)) if whole_line else ((), ())
    opens = opening(pattern) if whole_line and not any(text.strip(EDGE) for text in first) else ""
    if not sets:
        return Clues(None, first, last, (), most, opens)
    literals = _shortened(sets[0])
    # What the literals were cut from says little more than they do.
    also = sets[1:] if literals == sets[0] else (*sets[1:], sets[0])
    also = tuple(each for each in map(_apart, also) if len(each) <= _MOST_COMPARED and _open(each, literals) >= _LEAST_OPEN)
    # What is tried first should be of few texts, since most lines fail it.
    also = tuple(sorted((each for each in also if not (each <= {*first} or each <= {*last})), key=len))
    return Clues(tuple(sorted(literals)), first, last, tuple(tuple(sorted(each)) for each in also), most, opens)


def required(pattern: str, whole_line: bool) -> frozenset[str] | None:
    """Return canonical literals one of which is in every match of ``pattern``; None: no such set is known."""
    literals = clues(pattern, whole_line).literals
    return None if literals is None else frozenset(literals)


def _shortened(literals: frozenset[str]) -> frozenset[str]:
    length = next(length for most, length in _LENGTHS if len(literals) <= most)
    # The end of a line tells more than the middle of a word.
    cut = {text[-length:] if text.endswith(EDGE) and not text.startswith(EDGE) else text[:length] for text in literals}
    return _apart(cut)


def _apart(texts: Iterable[str]) -> frozenset[str]:
    """Return the texts that hold none of the others."""
    kept: list[str] = []
    for text in sorted(texts, key=len):
        if not any(other in text for other in kept):
            kept.append(text)
    return frozenset(kept)


def _open(texts: frozenset[str], literals: frozenset[str]) -> float:
    """Return for which share of the places where one of the literals is found it is open whether one of the texts is, too."""
    found = {literal: 2.0 ** -bits(literal[:_RATED]) for literal in literals}
    return fsum(share for literal, share in found.items() if not any(text in literal for text in texts)) / fsum(found.values())


def longest(pattern: str) -> int | None:
    """Return the most code points that a match of ``pattern`` can have; None: there is no such bound."""
    try:
        width = int(parse_tree(pattern).max_width())
    except UNREADABLE:
        return None
    return width if width < _UNBOUNDED else None


def _anchored(pattern: str) -> bool:
    """Return whether a match of ``pattern`` is the whole of a line even where it is only searched for."""
    try:
        items: Any = getattr(parse_tree(pattern), "items", ())
    except UNREADABLE:
        return False
    return len(items) > 1 and isinstance(items[0], LINE_STARTS) and isinstance(items[-1], LINE_ENDS)


def opening(pattern: str) -> str:
    """Return the canonical ASCII characters with which a line can begin that the pattern matches; empty: nearly any.

    ``regex`` itself says so: it tells of a text whether more of it could make a match.
    """
    match = build(pattern).fullmatch
    try:
        found = [mark for mark in _MARKS if any(match(each, partial=True, timeout=_TIMEOUT) for each in _CASES[mark])]
    except TimeoutError:
        return ""
    # What is no character of it ends an empty line at once.
    return "" if len(found) > _MOST_OPENINGS else "".join((*found, EDGE))


class _End(NamedTuple):
    """A node seen from one of its ends: ``whole`` texts that it can match, and ``begun`` ones of which only so much is known."""

    whole: frozenset[str]
    begun: frozenset[str] = frozenset()

    @property
    def texts(self) -> frozenset[str]:
        return self.whole | self.begun


class _Found(NamedTuple):
    """What is known of a node: every text it can match; sets of texts one of each of which is in each match; its two ends."""

    exact: frozenset[str] | None
    best: tuple[frozenset[str], ...]
    begin: _End
    end: _End


_EMPTY = frozenset([""])
_OPEN = _End(frozenset(), _EMPTY)
_NO_TEXT = _End(_EMPTY)
_NOTHING = _Found(None, (), _OPEN, _OPEN)


def _exactly(texts: frozenset[str]) -> _Found:
    return _Found(texts, (), _End(texts), _End(texts))


_ZERO_WIDTH = _exactly(_EMPTY)


@lru_cache(maxsize=4)
def _read(pattern: str, whole_line: bool) -> _Found:
    try:
        tree = parse_tree(pattern)
        return _edged(tree) if whole_line else _walk(tree)
    except UNREADABLE:
        return _NOTHING


@cache
def _usable(literal: str) -> bool:
    return bits(literal[:_RATED]) >= _RARE and bool(literal.strip(EDGE))


def _ranked(found: _Found) -> tuple[frozenset[str], ...]:
    """Return the usable sets of what is known of a node, the one that will be found least often first."""
    sets = found.best if found.exact is None else (found.exact,)
    return tuple(each for each in sets if each and all(map(_usable, each)))


def _rarity(literals: frozenset[str]) -> float:
    """Rate a set by how seldom any of its literals is found; many of them take memory."""
    # ``fsum``: of equal sets the same one is chosen by every process.
    return -log2(fsum(2.0 ** -bits(literal[:_RATED]) for literal in literals)) - log2(len(literals))


def _least(texts: frozenset[str], backwards: bool) -> tuple[str, ...]:
    """Return the texts that no other one of them is the beginning (or end) of; none: one of them is empty."""
    if "" in texts:
        return ()
    if len(texts) == 1:
        return tuple(texts)
    kept: list[str] = []
    for text in sorted(text[::-1] if backwards else text for text in texts):
        # What begins like another text follows it at once.
        if not kept or not text.startswith(kept[-1]):
            kept.append(text)
    return tuple(sorted(text[::-1] for text in kept)) if backwards else tuple(kept)


def _sequence(parts: Sequence[_Found]) -> _Found:
    parts = list(_merged(parts))
    exact = _EMPTY
    for part in parts:
        if part.exact is None or len(exact) * len(part.exact) > _MOST_ALTERNATIVES:
            break
        exact = frozenset(left + right for left in exact for right in part.exact)
    else:
        return _exactly(exact)
    return _Found(None, _chosen(parts), _ends(parts, False, _MOST_ENDS)[-1], _ends(parts, True, _MOST_ENDS)[-1])


def _merged(parts: Sequence[_Found]) -> Iterator[_Found]:
    """Yield the parts, those in a row that have one form each as one."""
    text = ""
    for part in parts:
        if part.exact is not None and len(part.exact) == 1:
            text += next(iter(part.exact))
            continue
        if text:
            yield _exactly(frozenset([text]))
            text = ""
        yield part
    if text:
        yield _exactly(frozenset([text]))


def _chosen(parts: Sequence[_Found]) -> tuple[frozenset[str], ...]:
    """Return the rarest sets that a sequence requires, none of which another one implies."""
    choices = [each for part in parts for each in part.best]
    for at in range(len(parts)):
        # A run of known texts starts behind a part that has several forms, or stops before it.
        if at == 0 or _branching(parts[at - 1]):
            choices += (frozenset(_least(end.texts, False)) for end in _ends(parts[at:], False))
        if at + 1 == len(parts) or _branching(parts[at + 1]):
            choices += (frozenset(_least(end.texts, True)) for end in _ends(parts[: at + 1], True))
    usable = [choice for choice in dict.fromkeys(choices) if choice and all(map(_usable, choice))]
    usable.sort(key=lambda choice: (-_rarity(choice), sorted(choice)))
    taken: list[frozenset[str]] = []
    for choice in usable:
        if not any(_implied(choice, other) for other in taken):
            taken.append(choice)
            if len(taken) == _MOST_SETS:
                break
    return tuple(taken)


def _implied(texts: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether each of the others holds one of the texts."""
    return all(any(text in other for text in texts) for other in others)


def _branching(part: _Found) -> bool:
    return part.exact is None or len(part.exact) > 1


def _ends(parts: Sequence[_Found], backwards: bool, most: int = _MOST_ALTERNATIVES) -> list[_End]:
    """Return how a sequence begins (or ends), by how many of its parts are looked at: what says more each time, the most last."""
    ends: list[_End] = []
    whole, begun = _EMPTY, frozenset[str]()
    said: tuple[str, ...] = ()
    for part in reversed(parts) if backwards else parts:
        end = part.end if backwards else part.begin
        if end == _NO_TEXT and ends:
            continue
        added = _fitting(end, most, len(whole), len(begun), backwards)
        begun |= _joined(whole, added.begun, backwards)
        whole = _joined(whole, added.whole, backwards)
        long = {text for text in whole if len(text) >= _LONGEST_END}
        whole, begun = whole - long, begun | _cut(long, _LONGEST_END, backwards)
        # A part that may be missing, or be anything, leaves what was known as it was.
        before, said = said, _least(whole | begun, backwards)
        if said == before and ends:
            ends.pop()
        ends.append(_End(whole, begun))
        if not whole:
            break
    return ends


def _joined(known: frozenset[str], added: frozenset[str], backwards: bool) -> frozenset[str]:
    """Return each of the known texts with each of those that follow, or go before, it."""
    if known == _EMPTY or not added:
        return added
    return frozenset(more + text if backwards else text + more for text in known for more in added)


def _cut(texts: Iterable[str], length: int, backwards: bool) -> frozenset[str]:
    """Return how the texts begin, or end."""
    return frozenset(text[-length:] if backwards else text[:length] for text in texts)


def _fitting(end: _End, most: int, each: int, beside: int, backwards: bool) -> _End:
    """Return an end with so few texts that combining them with ``each`` others makes no more than are worth comparing."""
    room = max((most - beside) // each, 1)
    if len(end.texts) <= room:
        return end
    for length in (8, 4, 3, 2, 1):
        begun = _cut(end.texts, length, backwards)
        if len(begun) <= room:
            return _End(frozenset(), begun)
    return _OPEN


def _branches(parts: Sequence[_Found]) -> _Found:
    begin, end = _either([part.begin for part in parts]), _either([part.end for part in parts])
    if all(part.exact is not None for part in parts):
        union = reduce(frozenset.union, (part.exact or _EMPTY for part in parts))
        if len(union) <= _MOST_ALTERNATIVES:
            return _exactly(union)
    sets = [_ranked(part) for part in parts]
    most = max(map(len, sets)) if all(sets) else 0
    # A branch with fewer sets than another says the same again.
    best = [frozenset[str]().union(*(each[min(rank, len(each) - 1)] for each in sets)) for rank in range(most)]
    return _Found(None, tuple(each for rank, each in enumerate(best) if each not in best[:rank]), begin, end)


def _either(parts: Sequence[_End]) -> _End:
    return _End(frozenset[str]().union(*(part.whole for part in parts)), frozenset[str]().union(*(part.begun for part in parts)))


def _repeat(node: Any, part: _Found) -> _Found:
    least, most = node.min_count, node.max_count
    if least == most == 1:
        return part
    if most == 1:
        if part.exact is not None:
            return _exactly(part.exact | _EMPTY)
        return _Found(None, (), *(_End(end.whole | _EMPTY, end.begun) for end in (part.begin, part.end)))
    if least == 0:
        return _Found(None, (), _End(_EMPTY, part.begin.texts), _End(_EMPTY, part.end.texts))
    if least == most and least <= 4:
        return _sequence([part] * least)
    return _Found(None, _ranked(part), _End(frozenset(), part.begin.texts), _End(frozenset(), part.end.texts))


@cache
def _one(code: int, case_flags: int) -> _Found:
    """Return what is known of one character."""
    form = variant(code, case_flags)
    return _exactly(frozenset([form])) if form else _NOTHING


def _string(node: Any) -> _Found:
    return _sequence([_one(code, node.case_flags) for code in node.characters])


def _class(node: Any) -> _Found:
    found = members(node)
    return _exactly(frozenset(found)) if found and len(set(found)) <= 12 else _NOTHING


def _edged(node: Any) -> _Found:
    """Walk a node that has to match a line from end to end; the ends join the literals of each alternative."""
    if isinstance(node, _regex_core.Branch):
        return _branches([_edged(branch) for branch in node.branches])
    if isinstance(node, GROUPS):
        return _edged(node.subpattern)
    items = node.items if type(node) is _regex_core.Sequence else [node]
    edge = _exactly(frozenset([EDGE]))
    return _sequence([edge, *(_walk(item) for item in items), edge])


def _walk(node: Any) -> _Found:
    core = _regex_core
    if type(node) is core.Sequence:
        return _sequence([_walk(item) for item in node.items])
    if type(node) is core.Character:
        return _one(node.value, node.case_flags) if node.positive else _NOTHING
    if isinstance(node, core.String):
        return _string(node)
    if isinstance(node, core.Branch):
        return _branches([_walk(branch) for branch in node.branches])
    if isinstance(node, GROUPS):
        return _walk(node.subpattern)
    if isinstance(node, REPEATS):
        return _repeat(node, _walk(node.subpattern))
    if isinstance(node, ANCHORS):
        return _ZERO_WIDTH
    if type(node) in (core.Range, core.SetUnion):
        return _class(node)
    return _NOTHING
