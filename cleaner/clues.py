"""What to look for in a line before a pattern is tried on it.

Of all the sets of literals that a pattern requires (see ``literals``) the one that will be found least often is
looked for; how a matching line has to begin and end, and how long it can be, is a second, cheap test of the lines
where it is found.
"""

from __future__ import annotations

from collections.abc import Iterable
from math import fsum
from typing import Any

from cleaner.casing import EDGE
from cleaner.fold import DECORATION
from cleaner.literals import RATED, least, ranked, rarity, read, usable
from cleaner.matchers import build
from cleaner.rarity import bits
from cleaner.trees import LINE_ENDS, LINE_STARTS, UNREADABLE, parse_tree
from cleaner.types import Clues

#: A match this wide is as good as unbounded.
_UNBOUNDED = 10_000
#: Where a literal ends, by how many a pattern has: many are told apart by their beginnings, and cost memory.
_LENGTHS = ((6, 24), (16, 10), (10**9, 8))
#: Literals that a set of the second test may have.
_MOST_COMPARED = 32
#: A set that goes without saying for more of the lines is not worth comparing.
_LEAST_OPEN = 0.1
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
    found = read(pattern, whole_line)
    sets = ranked(found)
    most = longest(pattern) if whole_line or _anchored(pattern) else None
    if not whole_line:
        sets = tuple(frozenset(literal.strip(DECORATION + EDGE) for literal in each) for each in sets)
    # What a set is worth shows when its literals are as they will be looked for.
    sets = tuple(sorted((each for each in sets if all(map(usable, each))), key=lambda each: -rarity(_shortened(each))))
    first, last = (least(found.begin.texts, False), least(found.end.texts, True)) if whole_line else ((), ())
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
    found = {literal: 2.0 ** -bits(literal[:RATED]) for literal in literals}
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
