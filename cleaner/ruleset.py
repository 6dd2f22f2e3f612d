"""Rule files to one compiled whole: load, stack, select, fingerprint.

Files stack in the order given, the shipped library first. A rule of the same id inherits what it
does not name from the one before and overrides the rest. All faults of all files are reported
together. What is loaded is cached by the content of the files (see ``rulecache``).
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from cleaner import literals, patterns
from cleaner.errors import ConfigError, Problem, RuleError, did_you_mean
from cleaner.patterns import analyse
from cleaner.types import Conjunction, Location, Profile, Protection, Rule

PROFILES = {"safe": ("safe",), "aggressive": ("safe", "aggressive")}
_WHOLE_LINE = ("line", "after", "tail", "block")
_PHRASES = ("line", "span", "after", "tail", "block", "repeat")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules ready to be applied: picklable, without compiled patterns, which each process builds as it needs them.

    ``literals`` holds for each rule the texts one of which is in all that its pattern matches;
    None: no such texts are known and the rule must be tried everywhere. ``longest`` holds the most
    code points that a match can have; None: any number.
    """

    rules: tuple[Rule, ...]
    protections: tuple[Protection, ...]
    literals: tuple[tuple[str, ...] | None, ...]
    longest: tuple[int | None, ...]
    fingerprint: str
    profiles: tuple[Profile, ...] = ()

    def select(self, select: Sequence[str] = (), ignore: Sequence[str] = (), profile: str = "safe") -> RuleSet:
        """Return the rule set less what the profile, ``select`` and ``ignore`` leave out.

        Each name is a family, an id or a glob. Page profiles are content, not junk: ``select`` leaves
        them all in place, ``ignore`` takes them out by the same kinds of names. Raises ``ConfigError`` for a name that is none, and
        for an unknown profile.
        """
        if profile not in PROFILES:
            raise ConfigError(f'there is no profile "{profile}"{did_you_mean(profile, PROFILES)} (have: {", ".join(PROFILES)})')
        self._known(select)
        self._known(ignore)
        chosen = [
            number
            for number, rule in enumerate(self.rules)
            if rule.confidence in PROFILES[profile] and (not select or named(rule, select)) and not named(rule, ignore)
        ]
        choice = json.dumps([sorted(select), sorted(ignore), profile])
        return replace(
            self.subset(chosen),
            fingerprint=_digest(self.fingerprint, choice),
            profiles=tuple(profile for profile in self.profiles if not named(profile, ignore)),
        )

    def subset(self, positions: Sequence[int]) -> RuleSet:
        """Return the rule set with only the rules at those positions."""
        return replace(
            self,
            rules=tuple(self.rules[at] for at in positions),
            literals=tuple(self.literals[at] for at in positions),
            longest=tuple(self.longest[at] for at in positions),
        )

    def protect(self, protections: Sequence[Protection]) -> RuleSet:
        """Return the rule set with more lines out of bounds."""
        if not protections:
            return self
        patterns = (part for each in protections for part in (each.pattern, *each.rules))
        return replace(self, protections=(*self.protections, *protections), fingerprint=_digest(self.fingerprint, *patterns))

    def rule(self, rule_id: str) -> Rule:
        """Return the rule of that id; raises ``ConfigError`` with the nearest id if there is none."""
        for rule in self.rules:
            if rule.id == rule_id:
                return rule
        raise ConfigError(f'there is no rule "{rule_id}"{did_you_mean(rule_id, [rule.id for rule in self.rules])}')

    def _known(self, names: Sequence[str]) -> None:
        for name in names:
            entries: tuple[Rule | Profile, ...] = (*self.rules, *self.profiles)
            if not any(named(entry, [name]) for entry in entries):
                known = {entry.family for entry in entries} | {entry.id for entry in entries}
                raise ConfigError(f'no rule or family is called "{name}"{did_you_mean(name, known)} (see `clean rules list`)')


def named(rule: Rule | Profile, names: Sequence[str]) -> bool:
    """Return whether one of the names is the rule's id or family, or a glob that matches its id."""
    return any(name in (rule.id, rule.family) or fnmatchcase(rule.id, name) for name in names)


def shipped_folder() -> Path:
    """Return the folder of the rules that come with the package: in the wheel, or in the checkout."""
    inside = Path(__file__).parent / "rules"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "rules"


def rule_files(paths: Iterable[Path]) -> list[Path]:
    """Return the rule files that the paths name; a folder stands for every ``.toml`` beneath it, sorted.

    Raises ``ConfigError`` for a path that is not there or holds no rule file.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            names = [os.path.join(folder, name) for folder, _, files_ in os.walk(path) for name in files_ if name.endswith(".toml")]
            found = [Path(name) for name in sorted(names, key=lambda name: (name.count(os.sep), name))]
            if not found:
                raise ConfigError(f"{path}: no rule files (*.toml) in this folder")
            files += found
        elif path.is_file():
            files.append(path)
        else:
            raise ConfigError(f"{path}: no such rule file or folder")
    return files


def sources(paths: Sequence[Path] = (), shipped: bool = True) -> list[tuple[str, str]]:
    """Return (path, text) of the shipped rule files and then of those that ``paths`` name, in the order in which they stack.

    A shipped file's path is written from ``rules/`` on. Raises ``RuleError`` for a file that is not UTF-8 and
    ``ConfigError`` for one that is not there.
    """
    files = (
        [(f"rules/{path.relative_to(shipped_folder()).as_posix()}", _read(path)) for path in rule_files([shipped_folder()])]
        if shipped
        else []
    )
    return files + [(str(path), _read(path)) for path in rule_files(paths)]


def load(paths: Sequence[Path] = (), shipped: bool = True, examples: bool = False) -> RuleSet:
    """Return the shipped rules with the files of ``paths`` stacked on top, everything enabled, all profiles.

    The rules' examples come along only if asked for: running rules does not need them. Raises
    ``RuleError`` with every fault of every file, ``ConfigError`` for a path that is not there.
    """
    from cleaner import rulecache

    files = sources(paths, shipped)
    fingerprint, key = _keys(files)
    if examples:
        return _built(files, fingerprint)
    ruleset = rulecache.read(key)
    if ruleset is None:
        ruleset = _without_examples(_built(files, fingerprint))
        rulecache.write(key, ruleset)
    return ruleset


def index_shipped(target: Path) -> None:
    """Write into ``target`` the loaded form of the shipped rules that a wheel carries."""
    from cleaner import rulecache

    files = sources()
    fingerprint, key = _keys(files)
    rulecache.write_shipped(target, key, _without_examples(build(files, fingerprint)))


def _keys(files: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return the fingerprint of the files' content, and the key of that content at those paths."""
    fingerprint = _digest(*(part for path, source in files for part in (Path(path).stem, source)))
    return fingerprint, _digest(fingerprint, *(path for path, _ in files))


def _without_examples(ruleset: RuleSet) -> RuleSet:
    return replace(ruleset, rules=tuple(replace(rule, removes=(), keeps=()) for rule in ruleset.rules))


def _built(files: Sequence[tuple[str, str]], fingerprint: str) -> RuleSet:
    """Build with what an earlier process found out about the same patterns, and leave the same to the next."""
    from cleaner import rulecache

    patterns.recall(rulecache.read_patterns())
    ruleset = build(files, fingerprint)
    rulecache.write_patterns(patterns.used())
    return ruleset


def build(sources: Sequence[tuple[str, str]], fingerprint: str = "") -> RuleSet:
    """Return the rule set of (path, text) pairs of rule files, later ones over earlier ones; raises ``RuleError``."""
    from cleaner.rulefile import parse

    problems: list[Problem] = []
    merged: dict[str, dict[str, Any]] = {}
    places: dict[str, Location] = {}
    off: set[str] = set()
    conditions: dict[str, tuple[Conjunction, ...]] = {}
    protections: list[Protection] = []
    profiles: dict[str, Profile | None] = {}
    for path, source in sources:
        raw = parse(source, path, Path(path).stem)
        problems += raw.problems
        conditions.update(raw.conditions)
        protections += raw.protections
        profiles.update(raw.profiles)
        here: set[str] = set()
        for rule in raw.rules:
            if rule.id in here:
                problems.append(Problem(rule.location, f"is defined twice in this file; first at {places[rule.id]}", rule.id))
            here.add(rule.id)
            merged[rule.id] = {**merged.get(rule.id, {}), **rule.fields}
            places[rule.id] = rule.location
            (off.discard if rule.enabled else off.add)(rule.id)
    rules = []
    for rule_id, fields in merged.items():
        if rule_id in off and "kind" not in fields:
            problems.append(
                Problem(places[rule_id], f"switches off a rule that is not there{did_you_mean(rule_id, set(merged) - {rule_id})}", rule_id)
            )
        if rule_id in off:
            continue
        faults = list(_incomplete(rule_id, fields, places[rule_id], conditions, set(merged) - {rule_id}))
        problems += faults
        if not faults:
            rules.append(_rule(rule_id, fields, places[rule_id], conditions))
    if problems:
        raise RuleError(problems)
    return RuleSet(
        tuple(rules),
        tuple(protections),
        tuple(map(_literals, rules)),
        tuple(map(_longest, rules)),
        fingerprint,
        tuple(filter(None, profiles.values())),
    )


def _incomplete(
    rule_id: str,
    fields: Mapping[str, Any],
    place: Location,
    conditions: Mapping[str, object],
    others: Iterable[str],
) -> Iterable[Problem]:
    if "kind" not in fields:
        hint = did_you_mean(rule_id, others) if "/" in rule_id else ""
        yield Problem(
            place, f"does not say what goes: give it one of line, span, block, after, tail, lines, repeat, metadata, html{hint}", rule_id
        )
        return
    for key in ("why", "removes", "keeps"):
        if key not in fields:
            yield Problem(place, f'lacks "{key}"', rule_id)
    when = fields.get("when")
    if isinstance(when, str) and when not in conditions:
        yield Problem(place, f'asks for a condition "{when}" that no file defines{did_you_mean(when, conditions)}', rule_id)
    if fields["kind"] == "lines" and not when:
        yield Problem(place, 'removes lines by shape and place alone: give it a "when"', rule_id)


def _rule(rule_id: str, fields: Mapping[str, Any], place: Location, conditions: Mapping[str, tuple[Conjunction, ...]]) -> Rule:
    given = {name: value for name, value in fields.items() if name not in ("kinds", "narrowed", "when")}
    when = fields.get("when", ())
    if isinstance(when, str):
        when = conditions[when]
    narrowed = fields.get("narrowed", ())
    if narrowed:
        when = tuple((*narrowed, *conjunction) for conjunction in when) or (narrowed,)
    return Rule(id=rule_id, when=when, location=place, **given)


def _literals(rule: Rule) -> tuple[str, ...] | None:
    if rule.keywords:
        return tuple(sorted(literals.declared(rule.keywords)))
    if rule.kind in _WHOLE_LINE:
        return analyse(rule.pattern).whole
    return analyse(rule.pattern).inside if rule.kind in _PHRASES and rule.pattern else None


def _longest(rule: Rule) -> int | None:
    return analyse(rule.pattern).longest if rule.kind in _WHOLE_LINE else None


def _read(path: Path) -> str:
    try:
        return path.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RuleError([Problem(Location(str(path), 1), f"is not UTF-8: byte {error.start} is wrong; save the file as UTF-8")]) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _digest(*parts: str) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()
