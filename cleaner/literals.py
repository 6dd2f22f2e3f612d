"""Required literals: texts one of which is in everything that a pattern matches.

They are read off the ``regex`` package's own parse tree, so that what the prefilter believes of a
pattern is what the engine will do with it. The tree is private API: a node that is not known
here means "no literal", never a guess, and a test holds the walk to the installed version.

Literals are compared in a *canonical* form in which characters that ``regex`` takes for equal
when it ignores case are one character (``canonical``). A character whose case variants do not
all fall together there ends a literal.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from functools import cache, lru_cache, reduce
from math import log2
from typing import Any

import regex
from regex import _regex, _regex_core

from cleaner.fold import DECORATION

#: The end of a line, in literals and in the text that is scanned for them.
EDGE = "\n"

#: Characters that ``regex`` equates with another but ``str.lower`` leaves apart, with the other's lower case.
_TWINS = {
    "\u0131": "i", "\u017f": "s", "\u00b5": "\u03bc", "\u0345": "\u03b9", "\u1fbe": "\u03b9", "\u1fd3": "\u0390",
    "\u03d0": "\u03b2", "\u03f5": "\u03b5", "\u03d1": "\u03b8", "\u03f0": "\u03ba", "\u03d6": "\u03c0", "\u03f1": "\u03c1",
    "\u03c2": "\u03c3", "\u03d5": "\u03c6", "\u1fe3": "\u03b0", "\u1c80": "\u0432", "\u1c81": "\u0434", "\u1c82": "\u043e",
    "\u1c83": "\u0441", "\u1c84": "\u0442", "\u1c85": "\u0442", "\u1c86": "\u044a", "\u1c87": "\u0463", "\u1c88": "\ua64b",
    "\u1e9b": "\u1e61", "\ufb05": "\ufb06",
}  # fmt: skip
_TWIN = re.compile(f"[{''.join(_TWINS)}]")

#: A match this wide is as good as unbounded.
_UNBOUNDED = 10_000
_MOST_ALTERNATIVES = 64
#: Where a literal ends, by how many a pattern has: many are told apart by their beginnings, and cost memory.
_LENGTHS = ((6, 24), (16, 10), (10**9, 7))
#: Bytes of UTF-8 that make a literal worth looking for.
_SHORTEST = 3


def canonical(text: str) -> str:
    """Return ``text`` with all case variants of a character as one, code point for code point."""
    if text.isascii():
        return text.lower()
    if "\u0130" in text:
        text = text.replace("\u0130", "i")
    text = text.lower()
    return _TWIN.sub(lambda match: _TWINS[match.group()], text) if _TWIN.search(text) else text


def required(pattern: str, whole_line: bool) -> frozenset[str] | None:
    """Return canonical literals one of which is in every match of ``pattern``; None: no such set is known.

    ``whole_line``: the pattern has to match a line from end to end, so the line's ends, written as
    a newline, are part of the literals. Otherwise literals are stripped of decoration, because the
    scanned text lacks it at the ends of lines.
    """
    try:
        tree = parse_tree(pattern)
        found = _edged(tree) if whole_line else _walk(tree)
    except (_regex_core.error, AttributeError, TypeError, ValueError, RecursionError):
        return None
    best = _better(found.exact, found.best)
    if best is None:
        return None
    if not whole_line:
        best = frozenset(literal.strip(DECORATION + EDGE) for literal in best)
    length = next(length for most, length in _LENGTHS if len(best) <= most)
    best = frozenset(literal[:length] for literal in best)
    best = frozenset(literal for literal in best if not any(other != literal and other in literal for other in best))
    return best if all(map(_usable, best)) else None


def longest(pattern: str) -> int | None:
    """Return the most code points that a match of ``pattern`` can have; None: there is no such bound."""
    try:
        width = int(parse_tree(pattern).max_width())
    except (_regex_core.error, AttributeError, TypeError, ValueError, RecursionError):
        return None
    return width if width < _UNBOUNDED else None


def declared(keywords: Iterable[str]) -> frozenset[str]:
    """Return the literals that a rule's author declares, in canonical form."""
    return frozenset(canonical(keyword) for keyword in keywords)


class _Found:
    """What is known of a node: every text it can match, or a set of texts one of which is in each match."""

    __slots__ = ("best", "exact")

    def __init__(self, exact: frozenset[str] | None = None, best: frozenset[str] | None = None) -> None:
        self.exact = exact
        self.best = best


_EMPTY = frozenset([""])
_NOTHING = _Found()
_ZERO_WIDTH = _Found(exact=_EMPTY)


def _weight(literals: frozenset[str]) -> float:
    """Rate a set: its shortest literal tells how rare it is, each doubling of their number makes a hit likelier."""
    shortest = min(sum(0.4 if mark == " " else 1.0 if mark.isascii() else 1.6 for mark in literal) for literal in literals)
    return shortest - 0.6 * log2(len(literals))


def _usable(literal: str) -> bool:
    return len(literal.encode("utf-8", "surrogatepass")) >= _SHORTEST and bool(literal.strip(EDGE + DECORATION))


def _better(*choices: frozenset[str] | None) -> frozenset[str] | None:
    usable = [choice for choice in choices if choice and all(map(_usable, choice))]
    return max(usable, key=_weight, default=None)


def _sequence(parts: Sequence[_Found]) -> _Found:
    current = _EMPTY
    choices: list[frozenset[str] | None] = []
    complete = True
    for part in parts:
        if part.exact is not None and len(current) * len(part.exact) <= _MOST_ALTERNATIVES:
            current = frozenset(left + right for left in current for right in part.exact)
            continue
        complete = False
        choices += current, part.best
        current = part.exact or _EMPTY
    if complete:
        return _Found(exact=current)
    return _Found(best=_better(*choices, current))


def _branches(parts: Sequence[_Found]) -> _Found:
    if all(part.exact is not None for part in parts):
        union = reduce(frozenset.union, (part.exact or _EMPTY for part in parts))
        if len(union) <= _MOST_ALTERNATIVES:
            return _Found(exact=union)
    sets = [_better(part.exact, part.best) for part in parts]
    if any(each is None for each in sets):
        return _NOTHING
    return _Found(best=reduce(frozenset.union, [each for each in sets if each]))


def _repeat(node: Any, part: _Found) -> _Found:
    least, most = node.min_count, node.max_count
    if least == most == 1:
        return part
    if least == 0:
        if most == 1 and part.exact is not None:
            return _Found(exact=part.exact | _EMPTY)
        return _NOTHING
    if least == most and least <= 4:
        return _sequence([part] * least)
    return _Found(best=_better(part.exact, part.best))


@cache
def _variants(code: int, case_flags: int) -> str | None:
    """Return the one canonical character that all case variants share; None: they do not share one."""
    if 0xD800 <= code < 0xE000:
        return None
    if case_flags & _regex_core.FULLCASE:
        return None
    codes = _regex.get_all_cases(case_flags | _regex_core.UNICODE, code) if case_flags else (code,)
    forms = {canonical(chr(each)) for each in codes if each is not None}
    return forms.pop() if len(forms) == 1 else None


def _character(node: Any) -> _Found:
    if not node.positive:
        return _NOTHING
    form = _variants(node.value, node.case_flags)
    return _Found(exact=frozenset([form])) if form else _NOTHING


def _string(node: Any) -> _Found:
    forms = [_variants(code, node.case_flags) for code in node.characters]
    return _sequence([_Found(exact=frozenset([form])) if form else _NOTHING for form in forms])


def _members(node: Any) -> list[str] | None:
    """Return the canonical characters of a small character class."""
    core = _regex_core
    if not node.positive:
        return None
    if type(node) is core.Character:
        codes: Iterable[int] = [node.value]
    elif type(node) is core.Range:
        if node.upper - node.lower >= 10:
            return None
        codes = range(node.lower, node.upper + 1)
    elif type(node) is core.SetUnion:
        inner = [_members(item) for item in node.items]
        return [form for forms in inner if forms for form in forms] if all(inner) else None
    else:
        return None
    forms = [_variants(code, node.case_flags) for code in codes]
    return [form for form in forms if form] if all(forms) else None


def _class(node: Any) -> _Found:
    members = _members(node)
    return _Found(exact=frozenset(members)) if members and len(set(members)) <= 12 else _NOTHING


def _kinds(*names: str) -> tuple[Any, ...]:
    return tuple(getattr(_regex_core, name) for name in names if hasattr(_regex_core, name))


_ANCHORS = _kinds(
    "StartOfLine", "StartOfLineU", "StartOfString", "EndOfLine", "EndOfLineU", "EndOfString", "EndOfStringLine",
    "EndOfStringLineU", "Boundary", "DefaultBoundary", "StartOfWord", "EndOfWord", "DefaultStartOfWord",
    "DefaultEndOfWord", "LookAround", "Keep", "SearchAnchor", "GraphemeBoundary",
)  # fmt: skip
_GROUPS = _kinds("Group", "Atomic")
_REPEATS = _kinds("GreedyRepeat", "LazyRepeat", "PossessiveRepeat")


def _edged(node: Any) -> _Found:
    """Walk a node that has to match a line from end to end; the ends join the literals of each alternative."""
    if isinstance(node, _regex_core.Branch):
        return _branches([_edged(branch) for branch in node.branches])
    if isinstance(node, _GROUPS):
        return _edged(node.subpattern)
    items = node.items if type(node) is _regex_core.Sequence else [node]
    edge = _Found(exact=frozenset([EDGE]))
    return _sequence([edge, *(_walk(item) for item in items), edge])


def _walk(node: Any) -> _Found:
    core = _regex_core
    if type(node) is core.Sequence:
        return _sequence([_walk(item) for item in node.items])
    if type(node) is core.Character:
        return _character(node)
    if isinstance(node, core.String):
        return _string(node)
    if isinstance(node, core.Branch):
        return _branches([_walk(branch) for branch in node.branches])
    if isinstance(node, _GROUPS):
        return _walk(node.subpattern)
    if isinstance(node, _REPEATS):
        return _repeat(node, _walk(node.subpattern))
    if isinstance(node, _ANCHORS):
        return _ZERO_WIDTH
    if type(node) in (core.Range, core.SetUnion):
        return _class(node)
    return _NOTHING


@lru_cache(maxsize=4)
def parse_tree(pattern: str) -> Any:
    """Return the parse tree that ``regex.compile(pattern, regex.IGNORECASE)`` is built from."""
    flags = regex.IGNORECASE
    while True:
        source = _regex_core.Source(pattern)
        info = _regex_core.Info(flags, source.char_type, {})
        info.guess_encoding = _regex_core.UNICODE
        source.ignore_space = bool(info.flags & regex.VERBOSE)
        try:
            return _regex_core._parse_pattern(source, info)
        except _regex_core._UnscopedFlagSet:
            flags = info.global_flags
