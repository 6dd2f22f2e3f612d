"""Loaded rule sets on disk, so that a warm start parses no TOML and walks no patterns.

One file for each stack of rule files, named by their content and by everything else that the
result depends on: a file that does not fit is never read, so nothing is ever stale. Safe to
delete, safe when several processes write at once (each writes aside and renames), and a cache that
cannot be read or written is done without.
"""

from __future__ import annotations

import marshal
import os
import sys
from array import array
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import cache, lru_cache, partial
from itertools import chain
from pathlib import Path
from time import time_ns
from typing import TYPE_CHECKING, Any, NamedTuple
from zlib import crc32

import regex

from cleaner import cachefile, matchers
from cleaner.cachefile import bound, opened, sealed, store, unsealed
from cleaner.indexstore import Edges, Groups
from cleaner.prefilter import Index, index
from cleaner.rulefiles import shipped_folder
from cleaner.ruleset import RuleSet
from cleaner.shelf import Records, Shelf, stored
from cleaner.types import Clues, Conjunction, Location, Outline, Predicate, Profile, Protection, Rule

if TYPE_CHECKING:
    from cleaner.patterns import Analysis

#: Raise it when the form of the file, or what ``clues`` finds, changes.
FORM = 52

#: The shipped rules, loaded: beside the rule files in a wheel.
SHIPPED_INDEX = "index.bin"


def seen(files: Sequence[tuple[str, str]]) -> str | None:
    """Return the key of the files' content if they are as they were when it was last found out; None: they must be read."""
    with suppress(*matchers.UNREADABLE):
        names, key, states = unsealed(_file(_names(files)).read_bytes())
        if names == _names(files) and states == _states(files):
            return str(key)
    return None


def remember(files: Sequence[tuple[str, str]], key: str) -> None:
    """Store the key of the files' content, unless one of them changed so lately that its time may not tell the next change."""
    with suppress(OSError):
        states = _states(files)
        if all(cachefile.settled(state, time_ns()) for state in states):
            store(_file(_names(files)), sealed((_names(files), key, states)))


def _names(files: Sequence[tuple[str, str]]) -> str:
    return "\n".join(f"{name}\0{os.path.abspath(path)}" for name, path in files)


def _states(files: Sequence[tuple[str, str]]) -> list[tuple[int, int, int, int]]:
    return [cachefile.state(os.stat(path)) for _, path in files]


def read(key: str) -> RuleSet | None:
    """Return the rule set stored under ``key``; None: there is none that can be trusted."""
    for file in (_file(key), shipped_folder() / SHIPPED_INDEX):
        with suppress(*matchers.UNREADABLE):
            ruleset = _unpack(file, key)
            if ruleset is not None:
                return ruleset
    return None


def write(key: str, ruleset: RuleSet) -> None:
    """Store the rule set under ``key``, or do nothing where that is not possible."""
    store(_file(key), _pack(key, ruleset))


def read_patterns() -> dict[str, Analysis]:
    """Return what earlier processes found out about patterns; nothing, if that cannot be read."""
    known: dict[str, Analysis] = {}
    for file in (shipped_folder() / patterns_name(), folder() / patterns_name()):
        with suppress(*matchers.UNREADABLE):
            known |= _patterns_of(file, cachefile.state(file.stat()))
    return known


@lru_cache(maxsize=2)
def _patterns_of(file: Path, state: tuple[int, ...]) -> dict[str, Analysis]:  # noqa: ARG001 (part of what is remembered)
    """Return what a file of this ``state`` holds: it is many megabytes, and some programs load rules again and again."""
    from cleaner.patterns import unpacked

    return unpacked(file.read_bytes())


def write_patterns(known: dict[str, Analysis]) -> None:
    """Store what is known about patterns, or do nothing where that is not possible."""
    from cleaner.patterns import packed

    store(folder() / patterns_name(), packed(known))


def folder() -> Path:
    """Return where rule sets are cached."""
    return Path(cachefile.folder())


def _file(key: str) -> Path:
    # The file says itself what it is for, so that a name need not be one of a kind.
    return folder() / f"rules-{crc32(_full(key).encode('utf-8', 'surrogateescape')):08x}.bin"


def patterns_name() -> str:
    """Return the name of the file that says what is known of patterns: one of another form has another name."""
    return f"patterns-{FORM}-{regex.__version__}-{sys.byteorder}.bin"


def _full(key: str) -> str:
    """Return the key with everything else that what is cached depends on."""
    return f"{key} {FORM} {regex.__version__} {sys.implementation.cache_tag} {sys.byteorder}"


def write_shipped(target: Path, key: str, ruleset: RuleSet, patterns: dict[str, Analysis]) -> None:
    """Write into ``target`` what a wheel carries so that the first run of an installation is a warm one."""
    from cleaner.patterns import packed

    store(target / SHIPPED_INDEX, _pack(key, ruleset))
    store(target / patterns_name(), packed(patterns))


class _About(NamedTuple):
    """What is known of all stored rules without making them."""

    #: Every outline that a rule has, and which one each rule has.
    shapes: list[Outline]
    shape_of: array[int]
    #: One record, an id a line.
    ids: Records
    literals: Index
    #: Compiled patterns: of each rule, and then of whatever goes with rules.
    frozen: Records
    #: The latter patterns, each with its place among the compiled ones.
    besides: dict[str, int]


def _pack(key: str, ruleset: RuleSet) -> bytes:
    from cleaner import patterns

    body = bytearray()
    outlines = ruleset.outlines
    shapes = {each: number for number, each in enumerate(dict.fromkeys(outlines))}
    conditions = {when: number for number, when in enumerate(dict.fromkeys(rule.when for rule in ruleset.rules))}
    literals, numbers = ruleset.index()
    if list(numbers) != list(range(len(ruleset.rules))):
        literals = index(ruleset.clues)
    besides = _besides(ruleset)
    rules = zip(ruleset.rules, outlines, strict=True)
    head = (
        _full(key),
        ruleset.fingerprint,
        [_fields(each) for each in ruleset.protections],
        list(map(tuple, shapes)),
        array("I", [shapes[each] for each in outlines]).tobytes(),
        (literals.edges.plain(), {begun: marshal.dumps(list(pairs)) for begun, pairs in literals.groups.items()}, literals.everywhere),
        {pattern: number for number, pattern in enumerate(besides, len(outlines))},
        stored(["\n".join(ruleset.ids)], body),
        stored(chain((patterns.frozen(rule.pattern) if each.phrase else b"" for rule, each in rules), map(patterns.frozen, besides)), body),
        stored((tuple(tuple((each.name, each.args, each.negated) for each in part) for part in when) for when in conditions), body),
        stored((_plain(rule, conditions[rule.when]) for rule in ruleset.rules), body),
        stored((tuple(each) for each in ruleset.clues), body),
        stored((_fields(profile) for profile in ruleset.profiles), body),
    )
    return bound(head, bytes(body))


def _besides(ruleset: RuleSet) -> list[str]:
    """Return the patterns of protections, of ends of blocks, and of what lines must not say, each once."""
    asked = (each for rule in ruleset.rules for part in rule.when for each in part if each.name == "unless")
    until = (rule.until for rule in ruleset.rules if rule.until)
    return sorted({*(each.pattern for each in ruleset.protections), *until, *(str(each.args[0]) for each in asked)})


def _unpack(file: Path, key: str) -> RuleSet | None:
    (full, fingerprint, protections, shapes, chosen, (edges, groups, everywhere), besides, *places), body = opened(file)
    if full != _full(key):
        return None
    shape_of = array("I", chosen)
    ids, frozen, whens, rules, clues, profiles = (partial(Records, body, array("I", each)) for each in places)
    literals = Index(Edges(*edges), Groups(groups), everywhere, len(shape_of))
    about = _About(list(map(Outline._make, shapes)), shape_of, ids(str), literals, frozen(bytes), besides)
    made = rules(_RuleMaker(whens(_condition)))
    pages = profiles(_profile)
    return RuleSet(
        Shelf(made, range(len(made)), about),
        tuple(map(_protection, protections)),
        Shelf(clues(Clues._make), range(len(made))),
        fingerprint,
        Shelf(pages, range(len(pages))),
    )


def _fields(item: Any) -> tuple[Any, ...]:
    """Return the fields of a protection or a profile as plain data."""
    return tuple((each.path, each.line) if isinstance(each := getattr(item, name), Location) else each for name in item.__slots__)


def _plain(rule: Rule, condition: int) -> tuple[Any, ...]:
    return *_fields(replace(rule, when=(), removes=(), keeps=())), condition


class _RuleMaker:
    """Makes rules of stored fields; rules that share a condition share the very object."""

    __slots__ = ("_conditions",)

    def __init__(self, conditions: Records) -> None:
        self._conditions = conditions

    def __reduce__(self) -> tuple[Any, ...]:
        return _RuleMaker, (self._conditions,)

    def __call__(self, plain: tuple[Any, ...]) -> Rule:
        *fields, condition = plain
        made = dict(zip(Rule.__slots__, fields, strict=True))
        return Rule(**{**made, "when": self._conditions[condition], "location": Location(*made["location"])})


def _condition(plain: Any) -> tuple[Conjunction, ...]:
    return tuple(tuple(_predicate(*each) for each in part) for part in plain)


@cache
def _predicate(name: str, args: tuple[int | float | str, ...], negated: bool) -> Predicate:
    """Return the one predicate that all conditions share which ask the same."""
    return Predicate(name, args, negated)


def _protection(plain: tuple[Any, ...]) -> Protection:
    return Protection(plain[0], plain[1], Location(*plain[2]), *plain[3:])


def _profile(plain: tuple[Any, ...]) -> Profile:
    made = dict(zip(Profile.__slots__, plain, strict=True))
    return Profile(**{**made, "location": Location(*made["location"])})
