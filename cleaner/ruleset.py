"""Rule files to one compiled whole: load, stack, select, fingerprint.

Files stack in the order given, the shipped library first. A rule of the same id inherits what it
does not name from the one before and overrides the rest. All faults of all files are reported
together. What is loaded is cached by the content of the files (see ``rulecache``).
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import TYPE_CHECKING, Any

import regex

from cleaner import matchers
from cleaner.casing import canonical
from cleaner.errors import ConfigError, Problem, RuleError, did_you_mean
from cleaner.prefilter import Index, index
from cleaner.shelf import Shelf, picked
from cleaner.types import Clues, Location, Outline, Profile, Protection, Rule

if TYPE_CHECKING:
    from cleaner.conditions import Condition, Named

PROFILES = {"safe": ("safe",), "aggressive": ("safe", "aggressive")}
_WHOLE_LINE = ("line", "after", "tail", "block")
_PHRASES = ("line", "span", "after", "tail", "block", "repeat")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules ready to be applied: picklable, without compiled patterns, which each process builds as it needs them.

    ``clues`` holds for each rule what a line shows that its pattern matches; without literals the
    rule must be tried everywhere.
    """

    rules: Sequence[Rule]
    protections: tuple[Protection, ...]
    clues: Sequence[Clues]
    fingerprint: str
    profiles: Sequence[Profile] = ()
    #: The narrowest profile that was asked for; nothing: no rule was left out.
    profile: str = ""

    @property
    def wide(self) -> bool:
        """Whether more than the default profile holds."""
        return self.profile == "aggressive"

    @property
    def outlines(self) -> list[Outline]:
        """What is asked of every rule, in the order of the rules."""
        if isinstance(self.rules, Shelf):
            about = self.rules.about
            return [about.shapes[about.shape_of[number]] for number in self.rules.numbers]
        return list(map(outline, self.rules))

    @property
    def ids(self) -> list[str]:
        """The ids, in the order of the rules."""
        if isinstance(self.rules, Shelf):
            ids = self.rules.about.ids[0].split("\n")
            return [ids[number] for number in self.rules.numbers]
        return [rule.id for rule in self.rules]

    def of_kind(self, kind: str) -> list[Rule]:
        """Return the rules of one kind."""
        return [self.rules[number] for number, each in enumerate(self.outlines) if each.kind == kind]

    def matcher(self, number: int) -> regex.Pattern[str]:
        """Return the compiled pattern of the rule at that position."""
        rule = self.rules[number]
        if isinstance(self.rules, Shelf):
            return matchers.thawed(rule.pattern, self.rules.about.frozen[self.rules.numbers[number]])
        from cleaner import patterns

        return matchers.thawed(rule.pattern, patterns.frozen(rule.pattern))

    def compiled(self, pattern: str) -> regex.Pattern[str]:
        """Return the compiled form of a pattern that goes with rules: a protection's, a block's end, what a line must not say."""
        if isinstance(self.rules, Shelf):
            about = self.rules.about
            return matchers.thawed(pattern, about.frozen[about.besides[pattern]] if pattern in about.besides else b"")
        return matchers.build(pattern)

    def index(self) -> tuple[Index, Sequence[int]]:
        """Return which literals lead to which rules, and the numbers that the rules have there."""
        if isinstance(self.rules, Shelf):
            return self.rules.about.literals, self.rules.numbers
        return index(self.clues), range(len(self.rules))

    def select(self, select: Sequence[str] = (), ignore: Sequence[str] = (), profile: str = "safe") -> RuleSet:
        """Return the rule set less what the profile, ``select`` and ``ignore`` leave out.

        What was left out before stays out. Each name is a family, an id or a glob. Page profiles are content, not junk: ``select`` leaves
        them all in place, ``ignore`` takes them out by the same kinds of names. Raises ``ConfigError`` for a name that is none, and
        for an unknown profile.
        """
        if profile not in PROFILES:
            raise ConfigError(f'there is no profile "{profile}"{did_you_mean(profile, PROFILES)} (have: {", ".join(PROFILES)})')
        self._known(select)
        self._known(ignore)
        chosen = [number for number, rule in enumerate(self.outlines) if rule.confidence in PROFILES[profile]]
        if select or ignore:
            ids = self.ids
            chosen = [number for number in chosen if (not select or named(ids[number], select)) and not named(ids[number], ignore)]
        choice = "" if not (select or ignore) and profile == "safe" else _digest(*sorted(select), "", *sorted(ignore), "", profile)
        return replace(
            self.subset(chosen),
            fingerprint=f"{self.fingerprint}{choice}",
            profiles=tuple(profile for profile in self.profiles if not named(profile.id, ignore)) if ignore else self.profiles,
            profile="safe" if "safe" in (profile, self.profile) else profile,
        )

    def subset(self, positions: Sequence[int]) -> RuleSet:
        """Return the rule set with only the rules at those positions."""
        return replace(self, rules=picked(self.rules, positions), clues=picked(self.clues, positions))

    def protect(self, protections: Sequence[Protection]) -> RuleSet:
        """Return the rule set with more lines out of bounds."""
        if not protections:
            return self
        patterns = (
            part
            for each in protections
            for part in (each.pattern, f"{each.min_words} {each.inside} {each.below} {each.run}", *each.rules, *each.beside)
        )
        return replace(self, protections=(*self.protections, *protections), fingerprint=_digest(self.fingerprint, *patterns))

    def rule(self, rule_id: str) -> Rule:
        """Return the rule of that id; raises ``ConfigError`` with the nearest id if there is none."""
        ids = self.ids
        if rule_id in ids:
            return self.rules[ids.index(rule_id)]
        raise ConfigError(f'there is no rule "{rule_id}"{did_you_mean(rule_id, ids)}')

    def _known(self, names: Sequence[str]) -> None:
        ids = [*self.ids, *(each.id for each in self.profiles)] if names else []
        for name in names:
            if not any(named(rule_id, [name]) for rule_id in ids):
                known = {*ids, *(rule_id.partition("/")[0] for rule_id in ids)}
                raise ConfigError(f'no rule or family is called "{name}"{did_you_mean(name, known)} (see `clean rules list`)')


def named(rule_id: str, names: Sequence[str]) -> bool:
    """Return whether one of the names is the id or its family, or a glob that matches it."""
    return any(name in (rule_id, rule_id.partition("/")[0]) or _fits(rule_id, name) for name in names)


def _fits(rule_id: str, name: str) -> bool:
    signs = [sign for sign in name if sign in "*?["]
    if signs == ["*"]:
        # Most globs have one star, and ``fnmatch`` compiles a pattern for each, which takes longer than all else here.
        begun, _, end = name.partition("*")
        return len(rule_id) >= len(name) - 1 and rule_id.startswith(begun) and rule_id.endswith(end)
    return bool(signs) and fnmatchcase(rule_id, name)


def outline(rule: Rule) -> Outline:
    """Return what is asked of every rule."""
    sites = [[str(site) for each in part if each.name == "sites" and not each.negated for site in each.args] for part in rule.when]
    only = tuple(dict.fromkeys(site for each in sites for site in each)) if all(sites) else ()
    return Outline(rule.kind, rule.confidence, bool(rule.pattern) and rule.kind in _PHRASES, only)


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
            found = _beneath(str(path))
            if not found:
                raise ConfigError(f"{path}: no rule files (*.toml) in this folder")
            files += map(Path, found)
        elif path.is_file():
            files.append(path)
        else:
            raise ConfigError(f"{path}: no such rule file or folder")
    return files


def _beneath(folder: str) -> list[str]:
    names: list[str] = []
    folders = [folder]
    for each in folders:
        with os.scandir(each) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith(".toml"):
                    names.append(entry.path)
    return sorted(names, key=lambda name: (name.count(os.sep), name))


def sources(paths: Sequence[Path] = (), shipped: bool = True) -> list[tuple[str, str]]:
    """Return (path, text) of the shipped rule files and then of those that ``paths`` name, in the order in which they stack.

    A shipped file's path is written from ``rules/`` on. Raises ``RuleError`` for a file that is not UTF-8 and
    ``ConfigError`` for one that is not there.
    """
    return [(name, _read(path)) for name, path in rule_paths(paths, shipped)]


def rule_paths(paths: Sequence[Path] = (), shipped: bool = True) -> list[tuple[str, str]]:
    """Return the rule files, the shipped ones and then those of ``paths``: the path that locations name each by, and where it is."""
    home = str(shipped_folder())
    files = [(f"rules/{path[len(home) + 1 :].replace(os.sep, '/')}", path) for path in _beneath(home)] if shipped else []
    return files + [(str(path), str(path)) for path in rule_files(paths)]


def load(paths: Sequence[Path] = (), shipped: bool = True, examples: bool = False, building: Callable[[], object] | None = None) -> RuleSet:
    """Return the shipped rules with the files of ``paths`` stacked on top, everything enabled, all profiles.

    The rules' examples come along only if asked for: running rules does not need them. ``building`` is called
    first if nothing at all is known of the rules yet, which takes many seconds. Raises
    ``RuleError`` with every fault of every file, ``ConfigError`` for a path that is not there.
    """
    from cleaner import rulecache

    listed = rule_paths(paths, shipped)
    # Reading and hashing the files takes longer than all else, and they seldom change.
    key = None if examples else rulecache.seen(listed)
    ruleset = rulecache.read(key) if key else None
    if ruleset is not None:
        return ruleset
    files = [(name, _read(path)) for name, path in listed]
    fingerprint, key = _keys(files)
    if examples:
        return _built(files, fingerprint, building)
    ruleset = rulecache.read(key)
    if ruleset is None:
        ruleset = _without_examples(_built(files, fingerprint, building))
        rulecache.write(key, ruleset)
        # What was stored holds the compiled patterns.
        ruleset = rulecache.read(key) or ruleset
    rulecache.remember(listed, key)
    return ruleset


def index_shipped(target: Path) -> None:
    """Write into ``target`` the loaded form of the shipped rules that a wheel carries."""
    from cleaner import patterns, rulecache

    files = sources()
    fingerprint, key = _keys(files)
    rulecache.write_shipped(target, key, _without_examples(build(files, fingerprint)), patterns.used())


def _keys(files: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return the fingerprint of the files' content, and the key of that content at those paths."""
    fingerprint = _digest(*(part for path, source in files for part in (Path(path).stem, source)))
    return fingerprint, _digest(fingerprint, *(path for path, _ in files))


def _without_examples(ruleset: RuleSet) -> RuleSet:
    return replace(ruleset, rules=tuple(replace(rule, removes=(), keeps=()) for rule in ruleset.rules))


def _built(files: Sequence[tuple[str, str]], fingerprint: str, building: Callable[[], object] | None) -> RuleSet:
    """Build with what an earlier process found out about the same patterns, and leave the same to the next."""
    from cleaner import patterns, rulecache

    known = rulecache.read_patterns()
    if building and not known:
        building()
    patterns.recall(known)
    ruleset = build(files, fingerprint)
    rulecache.write_patterns(patterns.used())
    return ruleset


def build(sources: Sequence[tuple[str, str]], fingerprint: str = "") -> RuleSet:
    """Return the rule set of (path, text) pairs of rule files, later ones over earlier ones; raises ``RuleError``."""
    from cleaner.conditions import Named
    from cleaner.rulefile import parse

    problems: list[Problem] = []
    merged: dict[str, dict[str, Any]] = {}
    places: dict[str, Location] = {}
    off: set[str] = set()
    readable = True
    conditions: dict[str, Condition] = {}
    protections: list[Protection] = []
    profiles: dict[str, Profile | None] = {}
    for path, source in sources:
        raw = parse(source, path, Path(path).stem)
        problems += raw.problems
        readable &= raw.readable
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
    named = Named(conditions, complete=readable)
    problems += named.problems()
    rules: list[Rule] = []
    for rule_id, fields in merged.items():
        if rule_id in off and "kind" not in fields:
            problems.append(
                Problem(places[rule_id], f"switches off a rule that is not there{did_you_mean(rule_id, set(merged) - {rule_id})}", rule_id)
            )
        if rule_id in off:
            continue
        faults = list(_incomplete(rule_id, fields, places[rule_id], named, set(merged) - {rule_id}))
        problems += faults
        if not problems:
            rules.append(_rule(rule_id, fields, places[rule_id], named))
    if problems:
        raise RuleError(problems)
    return RuleSet(
        tuple(rules),
        tuple(protections),
        tuple(map(_clues, rules)),
        fingerprint,
        tuple(filter(None, profiles.values())),
    )


def _incomplete(
    rule_id: str,
    fields: Mapping[str, Any],
    place: Location,
    named: Named,
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
    yield from named.unknown(fields.get("when", ()), place, rule_id)
    if fields["kind"] == "lines" and not fields.get("when"):
        yield Problem(place, 'removes lines by shape and place alone: give it a "when"', rule_id)


def _rule(rule_id: str, fields: Mapping[str, Any], place: Location, named: Named) -> Rule:
    given = {name: value for name, value in fields.items() if name not in ("kinds", "narrowed", "when")}
    when = named.conjunctions(fields.get("when", ()))
    narrowed = fields.get("narrowed", ())
    if narrowed:
        when = tuple((*narrowed, *conjunction) for conjunction in when) or (narrowed,)
    return Rule(id=rule_id, when=when, location=place, **given)


def _clues(rule: Rule) -> Clues:
    if rule.kind not in _PHRASES or not rule.pattern:
        return Clues()
    from cleaner import patterns

    found = patterns.clues(rule.pattern, rule.kind in _WHOLE_LINE)
    return found._replace(literals=tuple(sorted({canonical(keyword) for keyword in rule.keywords}))) if rule.keywords else found


def _read(path: str) -> str:
    try:
        return Path(path).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RuleError([Problem(Location(path, 1), f"is not UTF-8: byte {error.start} is wrong; save the file as UTF-8")]) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _digest(*parts: str) -> str:
    import hashlib

    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()
