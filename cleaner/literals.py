"""Required literals: texts one of which is in everything that a pattern matches.

They are read off the ``regex`` package's own parse tree, so that what the prefilter believes of a
pattern is what the engine will do with it; what is not known for certain is no literal.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache, reduce
from math import fsum, log2
from typing import Any, NamedTuple

from regex import _regex_core

from cleaner.casing import EDGE
from cleaner.rarity import bits
from cleaner.trees import ANCHORS, GROUPS, REPEATS, UNREADABLE, members, parse_tree, variant

_MOST_ALTERNATIVES = 64
#: Beginnings, or ends, that a line is compared with.
_MOST_ENDS = 256
#: Code points of a literal that count when it is rated: what is beyond them is compared, too, but not looked for.
RATED = 12
#: Bits of rarity that make a literal worth looking for.
_RARE = 8.0
#: Sets of literals that are demanded of a text at once.
_MOST_SETS = 3
#: Code points of a line's beginning or end that are compared.
_LONGEST_END = 24


class End(NamedTuple):
    """A node seen from one of its ends: ``whole`` texts that it can match, and ``begun`` ones of which only so much is known."""

    whole: frozenset[str]
    begun: frozenset[str] = frozenset()

    @property
    def texts(self) -> frozenset[str]:
        """All of them."""
        return self.whole | self.begun


class Found(NamedTuple):
    """What is known of a node: every text it can match; sets of texts one of each of which is in each match; its two ends."""

    exact: frozenset[str] | None
    best: tuple[frozenset[str], ...]
    begin: End
    end: End


_EMPTY = frozenset([""])
_OPEN = End(frozenset(), _EMPTY)
_NO_TEXT = End(_EMPTY)
_NOTHING = Found(None, (), _OPEN, _OPEN)


def _exactly(texts: frozenset[str]) -> Found:
    return Found(texts, (), End(texts), End(texts))


_ZERO_WIDTH = _exactly(_EMPTY)


@lru_cache(maxsize=4)
def read(pattern: str, whole_line: bool) -> Found:
    """Return what is known of a pattern; ``whole_line``: of one that has to match a line from end to end, which a newline stands for."""
    try:
        tree = parse_tree(pattern)
        return _edged(tree) if whole_line else _walk(tree)
    except UNREADABLE:
        return _NOTHING


@cache
def usable(literal: str) -> bool:
    """Return whether a literal is found seldom enough to be looked for."""
    return bits(literal[:RATED]) >= _RARE and bool(literal.strip(EDGE))


def ranked(found: Found) -> tuple[frozenset[str], ...]:
    """Return the usable sets of what is known of a node, the one that will be found least often first."""
    sets = found.best if found.exact is None else (found.exact,)
    return tuple(each for each in sets if each and all(map(usable, each)))


def rarity(literals: frozenset[str]) -> float:
    """Rate a set by how seldom any of its literals is found; many of them take memory."""
    # ``fsum``: of equal sets the same one is chosen by every process.
    return -log2(fsum(2.0 ** -bits(literal[:RATED]) for literal in literals)) - log2(len(literals))


def least(texts: frozenset[str], backwards: bool) -> tuple[str, ...]:
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


def _sequence(parts: Sequence[Found]) -> Found:
    parts = list(_merged(parts))
    exact = _EMPTY
    for part in parts:
        if part.exact is None or len(exact) * len(part.exact) > _MOST_ALTERNATIVES:
            break
        exact = frozenset(left + right for left in exact for right in part.exact)
    else:
        return _exactly(exact)
    return Found(None, _chosen(parts), _ends(parts, False, _MOST_ENDS)[-1], _ends(parts, True, _MOST_ENDS)[-1])


def _merged(parts: Sequence[Found]) -> Iterator[Found]:
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


def _chosen(parts: Sequence[Found]) -> tuple[frozenset[str], ...]:
    """Return the rarest sets that a sequence requires, none of which another one implies."""
    choices = [each for part in parts for each in part.best]
    for at in range(len(parts)):
        # A run of known texts starts behind a part that has several forms, or stops before it.
        if at == 0 or _branching(parts[at - 1]):
            choices += (frozenset(least(end.texts, False)) for end in _ends(parts[at:], False))
        if at + 1 == len(parts) or _branching(parts[at + 1]):
            choices += (frozenset(least(end.texts, True)) for end in _ends(parts[: at + 1], True))
    telling = [choice for choice in dict.fromkeys(choices) if choice and all(map(usable, choice))]
    telling.sort(key=lambda choice: (-rarity(choice), sorted(choice)))
    taken: list[frozenset[str]] = []
    for choice in telling:
        if not any(_implied(choice, other) for other in taken):
            taken.append(choice)
            if len(taken) == _MOST_SETS:
                break
    return tuple(taken)


def _implied(texts: frozenset[str], others: frozenset[str]) -> bool:
    """Return whether each of the others holds one of the texts."""
    return all(any(text in other for text in texts) for other in others)


def _branching(part: Found) -> bool:
    return part.exact is None or len(part.exact) > 1


def _ends(parts: Sequence[Found], backwards: bool, most: int = _MOST_ALTERNATIVES) -> list[End]:
    """Return how a sequence begins (or ends), by how many of its parts are looked at: what says more each time, the most last."""
    ends: list[End] = []
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
        before, said = said, least(whole | begun, backwards)
        if said == before and ends:
            ends.pop()
        ends.append(End(whole, begun))
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


def _fitting(end: End, most: int, each: int, beside: int, backwards: bool) -> End:
    """Return an end with so few texts that combining them with ``each`` others makes no more than are worth comparing."""
    room = max((most - beside) // each, 1)
    if len(end.texts) <= room:
        return end
    for length in (8, 4, 3, 2, 1):
        begun = _cut(end.texts, length, backwards)
        if len(begun) <= room:
            return End(frozenset(), begun)
    return _OPEN


def _branches(parts: Sequence[Found]) -> Found:
    begin, end = _either([part.begin for part in parts]), _either([part.end for part in parts])
    if all(part.exact is not None for part in parts):
        union = reduce(frozenset.union, (part.exact or _EMPTY for part in parts))
        if len(union) <= _MOST_ALTERNATIVES:
            return _exactly(union)
    sets = [ranked(part) for part in parts]
    most = max(map(len, sets)) if all(sets) else 0
    # A branch with fewer sets than another says the same again.
    best = [frozenset[str]().union(*(each[min(rank, len(each) - 1)] for each in sets)) for rank in range(most)]
    return Found(None, tuple(each for rank, each in enumerate(best) if each not in best[:rank]), begin, end)


def _either(parts: Sequence[End]) -> End:
    return End(frozenset[str]().union(*(part.whole for part in parts)), frozenset[str]().union(*(part.begun for part in parts)))


def _repeat(node: Any, part: Found) -> Found:
    least, most = node.min_count, node.max_count
    if least == most == 1:
        return part
    if most == 1:
        if part.exact is not None:
            return _exactly(part.exact | _EMPTY)
        return Found(None, (), *(End(end.whole | _EMPTY, end.begun) for end in (part.begin, part.end)))
    if least == 0:
        return Found(None, (), End(_EMPTY, part.begin.texts), End(_EMPTY, part.end.texts))
    if least == most and least <= 4:
        return _sequence([part] * least)
    return Found(None, ranked(part), End(frozenset(), part.begin.texts), End(frozenset(), part.end.texts))


@cache
def _one(code: int, case_flags: int) -> Found:
    """Return what is known of one character."""
    form = variant(code, case_flags)
    return _exactly(frozenset([form])) if form else _NOTHING


def _string(node: Any) -> Found:
    return _sequence([_one(code, node.case_flags) for code in node.characters])


def _class(node: Any) -> Found:
    found = members(node)
    return _exactly(frozenset(found)) if found and len(set(found)) <= 12 else _NOTHING


def _edged(node: Any) -> Found:
    """Walk a node that has to match a line from end to end; the ends join the literals of each alternative."""
    if isinstance(node, _regex_core.Branch):
        return _branches([_edged(branch) for branch in node.branches])
    if isinstance(node, GROUPS):
        return _edged(node.subpattern)
    items = node.items if type(node) is _regex_core.Sequence else [node]
    edge = _exactly(frozenset([EDGE]))
    return _sequence([edge, *(_walk(item) for item in items), edge])


def _walk(node: Any) -> Found:
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
