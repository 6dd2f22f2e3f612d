"""Loaded rule sets on disk, so that a warm start parses no TOML and walks no patterns.

One file for each stack of rule files, named by their content and by everything else that the
result depends on: a file that does not fit is never read, so nothing is ever stale. Safe to
delete, safe when several processes write at once (each writes aside and renames), and a cache that
cannot be read or written is done without.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

import msgspec
import regex

from cleaner import patterns
from cleaner.patterns import Analysis
from cleaner.ruleset import RuleSet, shipped_folder
from cleaner.types import Conjunction

#: Raise it when the form of the file, or what ``literals`` finds, changes.
FORM = 17

#: The shipped rules, loaded: beside the rule files in a wheel.
SHIPPED_INDEX = "index.msgpack"


def read(key: str) -> RuleSet | None:
    """Return the rule set stored under ``key``; None: there is none that can be trusted."""
    for file in (shipped_folder() / SHIPPED_INDEX, _file(key)):
        with suppress(OSError, ValueError, IndexError):
            ruleset = _unpack(file.read_bytes(), key)
            if ruleset is not None:
                return ruleset
    return None


def write(key: str, ruleset: RuleSet) -> None:
    """Store the rule set under ``key``, or do nothing where that is not possible."""
    _store(_file(key), _pack(key, ruleset))


def read_patterns() -> dict[str, Analysis]:
    """Return what earlier processes found out about patterns; nothing, if that cannot be read."""
    known: dict[str, Analysis] = {}
    for file in (shipped_folder() / _patterns_name(), folder() / _patterns_name()):
        with suppress(OSError, ValueError):
            known.update(msgspec.msgpack.decode(file.read_bytes(), type=dict[str, Analysis]))
    return known


def write_patterns(known: dict[str, Analysis]) -> None:
    """Store what is known about patterns, or do nothing where that is not possible."""
    _store(folder() / _patterns_name(), msgspec.msgpack.encode(known))


def _store(file: Path, data: bytes) -> None:
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "wb") as out:
                out.write(data)
            os.replace(aside, file)
        except BaseException:
            with suppress(OSError):
                os.unlink(aside)
            raise


def folder() -> Path:
    """Return where rule sets are cached: ``DECHAFF_CACHE``, or the user's cache folder."""
    if given := os.environ.get("DECHAFF_CACHE"):
        return Path(given)
    import platformdirs

    return Path(platformdirs.user_cache_dir("dechaff", appauthor=False))


def _file(key: str) -> Path:
    digest = hashlib.sha256(_full(key).encode()).hexdigest()
    return folder() / f"rules-{digest[:32]}.msgpack"


def _patterns_name() -> str:
    return f"patterns-{FORM}-{regex.__version__}.msgpack"


def _full(key: str) -> str:
    """Return the key with everything else that what is cached depends on."""
    return f"{key} {FORM} {regex.__version__}"


def write_shipped(target: Path, key: str, ruleset: RuleSet) -> None:
    """Write into ``target`` what a wheel carries so that the first run of an installation is a warm one."""
    _store(target / SHIPPED_INDEX, _pack(key, ruleset))
    _store(target / _patterns_name(), msgspec.msgpack.encode(patterns.used()))


@dataclass(frozen=True, slots=True)
class _Stored:
    """A rule set with what it depends on; conditions, which many rules share, are stored once."""

    key: str
    conditions: tuple[tuple[Conjunction, ...], ...]
    condition_of: tuple[int, ...]
    ruleset: RuleSet


def _pack(key: str, ruleset: RuleSet) -> bytes:
    numbers = {when: number for number, when in enumerate(dict.fromkeys(rule.when for rule in ruleset.rules))}
    bare = replace(ruleset, rules=tuple(replace(rule, when=()) for rule in ruleset.rules))
    return msgspec.msgpack.encode(_Stored(_full(key), tuple(numbers), tuple(numbers[rule.when] for rule in ruleset.rules), bare))


def _unpack(data: bytes, key: str) -> RuleSet | None:
    stored = msgspec.msgpack.decode(data, type=_Stored)
    ruleset = stored.ruleset
    if stored.key != _full(key) or not len(ruleset.literals) == len(ruleset.longest) == len(ruleset.rules) == len(stored.condition_of):
        return None
    for rule, number in zip(ruleset.rules, stored.condition_of, strict=True):
        # The rules are not in use yet; ``replace`` would build thousands of them a second time.
        object.__setattr__(rule, "when", stored.conditions[number])
    return ruleset
