"""Patterns as the ``regex`` package parses them, and characters in the form in which texts are compared with them.

The parse tree is private API: a node that is not known here is left alone, never guessed at, and a
test holds what is read off it to the installed version. Literals are compared in a *canonical*
form in which characters that ``regex`` takes for equal when it ignores case are one character.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache, lru_cache
from typing import Any

import regex
from regex import _regex, _regex_core

from cleaner.casing import canonical

#: What goes wrong in a tree that is not as expected.
UNREADABLE = (_regex_core.error, AttributeError, TypeError, ValueError, RecursionError)


@cache
def variant(code: int, case_flags: int) -> str | None:
    """Return the one canonical character that all case variants share; None: they do not share one."""
    if 0xD800 <= code < 0xE000:
        return None
    if case_flags & _regex_core.FULLCASE:
        return None
    codes = _regex.get_all_cases(case_flags | _regex_core.UNICODE, code) if case_flags else (code,)
    forms = {canonical(chr(each)) for each in codes if each is not None}
    return forms.pop() if len(forms) == 1 else None


def members(node: Any) -> list[str] | None:
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
        inner = [members(item) for item in node.items]
        return [form for forms in inner if forms for form in forms] if all(inner) else None
    else:
        return None
    forms = [variant(code, node.case_flags) for code in codes]
    return [form for form in forms if form] if all(forms) else None


def _kinds(*names: str) -> tuple[Any, ...]:
    return tuple(getattr(_regex_core, name) for name in names if hasattr(_regex_core, name))


ANCHORS = _kinds(
    "StartOfLine", "StartOfLineU", "StartOfString", "EndOfLine", "EndOfLineU", "EndOfString", "EndOfStringLine",
    "EndOfStringLineU", "Boundary", "DefaultBoundary", "StartOfWord", "EndOfWord", "DefaultStartOfWord",
    "DefaultEndOfWord", "LookAround", "Keep", "SearchAnchor", "GraphemeBoundary",
)  # fmt: skip
LINE_STARTS = _kinds("StartOfString")
LINE_ENDS = _kinds("EndOfString", "EndOfStringLine", "EndOfStringLineU")
GROUPS = _kinds("Group", "Atomic")
REPEATS = _kinds("GreedyRepeat", "LazyRepeat", "PossessiveRepeat")


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
