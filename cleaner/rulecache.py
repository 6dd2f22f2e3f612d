"""Loaded rule sets on disk, so that a warm start parses no TOML and walks no patterns.

One JSON file for each stack of rule files, named by their content and by everything else that the
result depends on: a file that does not fit is never read, so nothing is ever stale. Safe to
delete, safe when several processes write at once (each writes aside and renames), and a cache that
cannot be read or written is done without.
"""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from contextlib import suppress
from pathlib import Path
from typing import Any

import regex

from cleaner import patterns
from cleaner.patterns import Analysis
from cleaner.ruleset import RuleSet, shipped_folder
from cleaner.types import Location, Predicate, Profile, Protection, Rule

#: Raise it when the form of the file, or what ``literals`` finds, changes.
FORM = 14

#: The shipped rules, loaded: beside the rule files in a wheel.
SHIPPED_INDEX = "index.json"


def read(key: str) -> RuleSet | None:
    """Return the rule set stored under ``key``; None: there is none that can be trusted."""
    for file in (shipped_folder() / SHIPPED_INDEX, _file(key)):
        try:
            data = json.loads(file.read_bytes())
            if data["key"] == _full(key):
                return _ruleset(data)
        except (OSError, ValueError, KeyError, TypeError, IndexError, AttributeError):
            continue
    return None


def write(key: str, ruleset: RuleSet) -> None:
    """Store the rule set under ``key``, or do nothing where that is not possible."""
    _store(_file(key), _plain(key, ruleset))


def read_patterns() -> dict[str, Analysis]:
    """Return what earlier processes found out about patterns; nothing, if that cannot be read."""
    known: dict[str, Analysis] = {}
    for file in (shipped_folder() / _patterns_name(), folder() / _patterns_name()):
        with suppress(OSError, ValueError, TypeError, AttributeError):
            known.update(
                (pattern, Analysis(error, whole and tuple(whole), inside and tuple(inside), longest))
                for pattern, (error, whole, inside, longest) in json.loads(file.read_bytes()).items()
            )
    return known


def write_patterns(known: dict[str, Analysis]) -> None:
    """Store what is known about patterns, or do nothing where that is not possible."""
    _store(folder() / _patterns_name(), known)


def _store(file: Path, data: Any) -> None:
    with suppress(OSError):
        file.parent.mkdir(parents=True, exist_ok=True)
        handle, aside = tempfile.mkstemp(dir=file.parent, suffix=".tmp")
        try:
            with os.fdopen(handle, "w", encoding="utf-8") as out:
                json.dump(data, out, ensure_ascii=False, separators=(",", ":"))
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
    return folder() / f"rules-{digest[:32]}.json"


def _patterns_name() -> str:
    return f"patterns-{FORM}-{regex.__version__}.json"


def _full(key: str) -> str:
    """Return the key with everything else that what is cached depends on."""
    return f"{key} {FORM} {regex.__version__}"


def write_shipped(target: Path, key: str, ruleset: RuleSet) -> None:
    """Write into ``target`` what a wheel carries so that the first run of an installation is a warm one."""
    _store(target / SHIPPED_INDEX, _plain(key, ruleset))
    _store(target / _patterns_name(), patterns.used())


def _plain(key: str, ruleset: RuleSet) -> dict[str, Any]:
    return {
        "key": _full(key),
        "fingerprint": ruleset.fingerprint,
        "rules": [
            {
                **{name: getattr(rule, name) for name in _SCALARS if getattr(rule, name) != getattr(_BLANK, name)},
                "when": [[[each.name, each.args, each.negated] for each in conjunction] for conjunction in rule.when],
                "at": [rule.location.path, rule.location.line],
            }
            for rule in ruleset.rules
        ],
        "protections": [[each.pattern, each.rules, each.location.path, each.location.line] for each in ruleset.protections],
        "literals": ruleset.literals,
        "longest": ruleset.longest,
        "profiles": [
            {
                **{name: getattr(profile, name) for name in _PROFILE if getattr(profile, name) != getattr(_NO_PROFILE, name)},
                "at": [profile.location.path, profile.location.line],
            }
            for profile in ruleset.profiles
        ],
    }


_SCALARS = (
    "id", "kind", "pattern", "until", "of", "max_lines", "max_prose_share", "keywords", "confidence", "status", "why",
    "source", "added",
)  # fmt: skip
_BLANK = Rule("", "")
_PROFILE = ("id", "why", "fingerprint", "sites", "posts", "min_posts", "author", "date", "body", "quote", "content", "drop", "mode")
_NO_PROFILE = Profile("")


def _ruleset(data: dict[str, Any]) -> RuleSet:
    rules = []
    for entry in data["rules"]:
        when = tuple(
            tuple(Predicate(name, tuple(args), negated) for name, args, negated in conjunction) for conjunction in entry.pop("when")
        )
        location = Location(*entry.pop("at"))
        for name in ("of", "keywords"):
            if name in entry:
                entry[name] = tuple(entry[name])
        rules.append(Rule(when=when, location=location, **entry))
    protections = tuple(Protection(pattern, tuple(rules_), Location(path, line)) for pattern, rules_, path, line in data["protections"])
    literals = tuple(each and tuple(each) for each in data["literals"])
    if not len(literals) == len(data["longest"]) == len(rules):
        raise ValueError("a cached rule set is incomplete")
    profiles = tuple(
        Profile(location=Location(*entry.pop("at")), **{name: tuple(value) if isinstance(value, list) else value for name, value in entry.items()})
        for entry in data["profiles"]
    )
    return RuleSet(tuple(rules), protections, literals, tuple(data["longest"]), data["fingerprint"], profiles)
