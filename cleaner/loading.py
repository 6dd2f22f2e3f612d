"""Rule files to one compiled whole: stack them, check them all, keep what came of it.

Files stack in the order given, the shipped library first. A rule of the same id inherits what it
does not name from the one before and overrides the rest. All faults of all files are reported
together. What is loaded is cached by the content of the files (see ``rulecache``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cleaner import rulecache
from cleaner.casing import canonical
from cleaner.errors import Problem, RuleError, did_you_mean
from cleaner.looks import COSTLY
from cleaner.rulefiles import rule_paths, sources, text_of
from cleaner.ruleset import PHRASES, WHOLE_LINES, RuleSet, digest
from cleaner.types import Clues, Location, Predicate, Profile, Protection, Rule

if TYPE_CHECKING:
    from cleaner.conditions import Condition, Named


def load(paths: Sequence[Path] = (), shipped: bool = True, examples: bool = False, building: Callable[[], object] | None = None) -> RuleSet:
    """Return the shipped rules with the files of ``paths`` stacked on top, everything enabled, all profiles.

    The rules' examples come along only if asked for: running rules does not need them. ``building`` is called
    first if nothing at all is known of the rules yet, which takes many seconds. Raises
    ``RuleError`` with every fault of every file, ``ConfigError`` for a path that is not there.
    """
    listed = rule_paths(paths, shipped)
    # Reading and hashing the files takes longer than all else, and they seldom change.
    key = None if examples else rulecache.seen(listed)
    ruleset = rulecache.read(key) if key else None
    if ruleset is not None:
        return ruleset
    files = [(name, text_of(path)) for name, path in listed]
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
    from cleaner import patterns

    files = sources()
    fingerprint, key = _keys(files)
    ruleset = _built(files, fingerprint, None)
    rulecache.write_shipped(target, key, _without_examples(ruleset), patterns.used())


def _keys(files: Sequence[tuple[str, str]]) -> tuple[str, str]:
    """Return the fingerprint of the files' content, and the key of that content at those paths."""
    fingerprint = digest(*(part for path, source in files for part in (Path(path).stem, source)))
    return fingerprint, digest(fingerprint, *(path for path, _ in files))


def _without_examples(ruleset: RuleSet) -> RuleSet:
    return replace(ruleset, rules=tuple(replace(rule, removes=(), keeps=()) for rule in ruleset.rules))


def _built(files: Sequence[tuple[str, str]], fingerprint: str, building: Callable[[], object] | None) -> RuleSet:
    """Build with what an earlier process found out about the same patterns, and leave the same to the next."""
    from cleaner import patterns

    known = rulecache.read_patterns()
    patterns.recall(known)
    if not known:
        from cleaner.analysing import ahead

        if building:
            building()
        patterns.recall(ahead(files))
    ruleset = build(files, fingerprint)
    used = patterns.used()
    if not used.items() <= known.items():
        # A few rules by themselves must not cost the others what is known of theirs; what most rules do without is forgotten.
        rulecache.write_patterns(used if 2 * len(used) > len(known) else known | used)
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
        from cleaner.rulemodel import KINDS

        hint = did_you_mean(rule_id, others) if "/" in rule_id else ""
        yield Problem(place, f"does not say what goes: give it one of {', '.join(KINDS)}{hint}", rule_id)
        return
    for key in ("why", "removes", "keeps"):
        if key not in fields:
            yield Problem(place, f'lacks "{key}"', rule_id)
    yield from named.unknown(fields.get("when", ()), place, rule_id)
    if fields["kind"] in ("lines", "remnant") and not fields.get("when"):
        yield Problem(place, 'removes lines by shape and place alone: give it a "when"', rule_id)


def _rule(rule_id: str, fields: Mapping[str, Any], place: Location, named: Named) -> Rule:
    given = {name: value for name, value in fields.items() if name not in ("kinds", "narrowed", "when")}
    when = named.conjunctions(fields.get("when", ()))
    narrowed = fields.get("narrowed", ())
    if narrowed:
        when = tuple((*narrowed, *conjunction) for conjunction in when) or (narrowed,)
    if not given.get("pattern"):
        # Asked of every line there is, and not of the few that a pattern matches.
        when = tuple(tuple(sorted(conjunction, key=_late)) for conjunction in when)
    return Rule(id=rule_id, when=when, location=place, **given)


def _late(predicate: Predicate) -> int:
    """Return how late it is asked: what looks into each line after what does not, and what few lines have before what they may not."""
    if predicate.name not in COSTLY:
        return 0
    return 1 if predicate.negated else 2


def _clues(rule: Rule) -> Clues:
    if rule.kind not in PHRASES or not rule.pattern:
        return Clues()
    from cleaner import patterns

    found = patterns.clues(rule.pattern, rule.kind in WHOLE_LINES)
    return found._replace(literals=tuple(sorted({canonical(keyword) for keyword in rule.keywords}))) if rule.keywords else found
