"""What is known of a pattern before it runs: whether it is valid, its what a match shows.

Parsing a pattern costs more than anything else in loading rules, so what is found out is
remembered for the process, and ``rulecache`` carries it from one process to the next.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import regex

from cleaner import matchers
from cleaner.cachefile import sealed, unsealed
from cleaner.types import Clues


class Analysis(NamedTuple):
    """Facts about one pattern; ``error`` is empty if it is valid.

    ``frozen`` is what it compiles to (see ``matchers``). ``whole`` is what a whole line that matches
    shows, ``inside`` what a part of one does; None: nobody asked.
    """

    error: str
    frozen: bytes = b""
    whole: Clues | None = None
    inside: Clues | None = None


_known: dict[str, Analysis] = {}
_used: set[str] = set()


def fault(pattern: str) -> str:
    """Return what is wrong with the pattern, or nothing."""
    return _analysed(pattern).error


def clues(pattern: str, whole_line: bool) -> Clues:
    """Return what every text shows that the pattern matches, from end to end or a part of it."""
    found = _analysed(pattern)
    known = found.whole if whole_line else found.inside
    if known is None:
        from cleaner.clues import clues as looked_for

        known = looked_for(pattern, whole_line)
        _known[pattern] = found._replace(whole=known) if whole_line else found._replace(inside=known)
    return known


def frozen(pattern: str) -> bytes:
    """Return what the pattern compiles to; see ``matchers``."""
    return _analysed(pattern).frozen


@cache
def compiled(pattern: str) -> regex.Pattern[str]:
    """Return the valid pattern, compiled to ignore case, once for the process."""
    return matchers.thawed(pattern, frozen(pattern))


def recall(known: dict[str, Analysis]) -> None:
    """Take over what an earlier process found out."""
    for pattern, analysis in known.items():
        _known.setdefault(pattern, analysis)


def used() -> dict[str, Analysis]:
    """Return what is known of the patterns that this process asked about."""
    return {pattern: _known[pattern] for pattern in sorted(_used)}


def packed(known: dict[str, Analysis]) -> bytes:
    """Return what is known as bytes that show if they are damaged."""
    return sealed(
        {
            pattern: (each.error, each.frozen, each.whole and tuple(each.whole), each.inside and tuple(each.inside))
            for pattern, each in known.items()
        }
    )


def unpacked(data: bytes) -> dict[str, Analysis]:
    """Return what was ``packed``; raises one of ``matchers.UNREADABLE`` if it is damaged."""
    return {
        pattern: Analysis(error, frozen, whole and Clues._make(whole), inside and Clues._make(inside))
        for pattern, (error, frozen, whole, inside) in unsealed(data).items()
    }


def _analysed(pattern: str) -> Analysis:
    _used.add(pattern)
    found = _known.get(pattern)
    if found is None:
        try:
            found = Analysis("", matchers.frozen(pattern))
        except regex.error as error:
            found = Analysis(f"{error.msg} at character {(error.pos or 0) + 1}")
        _known[pattern] = found
    return found
