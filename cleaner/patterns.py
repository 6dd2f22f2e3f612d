"""What is known of a pattern before it runs: whether it is valid, its required literals, its longest match.

Parsing a pattern costs more than anything else in loading rules, so what is found out is
remembered for the process, and ``rulecache`` carries it from one process to the next.
"""

from __future__ import annotations

from typing import NamedTuple

import regex

from cleaner import literals


class Analysis(NamedTuple):
    """Facts about one pattern; ``error`` is empty if it is valid.

    ``whole`` and ``inside`` hold the literals one of which is in every match of a whole line, and of
    a part of one; None: there are none. ``longest`` is the most code points a match can have; None: any.
    """

    error: str
    whole: tuple[str, ...] | None = None
    inside: tuple[str, ...] | None = None
    longest: int | None = None


_known: dict[str, Analysis] = {}
_used: set[str] = set()


def analyse(pattern: str) -> Analysis:
    """Return what is known of the pattern, finding it out if need be."""
    _used.add(pattern)
    found = _known.get(pattern)
    if found is None:
        found = _known[pattern] = _analyse(pattern)
    return found


def recall(known: dict[str, Analysis]) -> None:
    """Take over what an earlier process found out."""
    for pattern, analysis in known.items():
        _known.setdefault(pattern, analysis)


def used() -> dict[str, Analysis]:
    """Return what is known of the patterns that this process asked about."""
    return {pattern: _known[pattern] for pattern in sorted(_used)}


def _analyse(pattern: str) -> Analysis:
    try:
        regex.compile(pattern, regex.IGNORECASE, cache_pattern=False)
    except regex.error as error:
        return Analysis(f"{error.msg} at character {(error.pos or 0) + 1}")
    whole, inside = literals.required(pattern, True), literals.required(pattern, False)
    return Analysis("", tuple(sorted(whole)) if whole else None, tuple(sorted(inside)) if inside else None, literals.longest(pattern))
