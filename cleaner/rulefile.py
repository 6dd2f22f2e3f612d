"""One TOML file of rules: parse it, check it, and say where each fault is.

Each fault points at ``rules/paywall.toml:41 [paywall/join-free]``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from cleaner import rulefaults
from cleaner.conditions import Choice, Condition, arguments, choice
from cleaner.errors import Problem
from cleaner.parts import filled
from cleaner.patterns import fault as pattern_fault
from cleaner.places import Places
from cleaner.rulemodel import KINDS, Block, ProfileTable, Repeat, RuleFile, RuleTable, WholeExample, full_id
from cleaner.types import Example, Location, Predicate, Profile, Protection

#: What takes an attribute at the end of a profile's selector.
_ATTRIBUTE = re.compile(r"::attr\([\w-]+\)$")
_TOML_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


@dataclass(frozen=True, slots=True)
class RawRule:
    """A rule as its file has it: only the fields that are given, so that it can override another."""

    id: str
    location: Location
    enabled: bool
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawFile:
    """What a rule file holds, and what is wrong with it; of one that is no TOML nothing else is known."""

    rules: tuple[RawRule, ...] = ()
    protections: tuple[Protection, ...] = ()
    conditions: Mapping[str, Condition] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    profiles: Mapping[str, Profile | None] = field(default_factory=dict)
    readable: bool = True


def parse(source: str, path: str, family: str) -> RawFile:
    """Return the rules in ``source``, the text of the file at ``path``, whose ids begin with ``family``.

    Faults do not raise: they are all in ``problems``, with their lines.
    """
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        place = Location(path, int(found[1]) if found else 1)
        return RawFile(problems=(Problem(place, f"is not valid TOML: {_TOML_LINE.sub('', str(error)).strip().lower()}"),), readable=False)
    places = Places(source, path)
    data, unfilled = filled(data, places, family)
    # A condition with faults is one all the same, so that nobody who asks for it is told that there is none.
    conditions = {name: Condition((), places.top(name)) for name in _table(data, "conditions")}
    model, places, problems = _sound(data, places, family)
    problems = [*unfilled, *problems]
    for name, part in model.parts.items():
        for each in [part] if isinstance(part, str) else part:
            problems += _pattern_problem(each, name, places.top(name), None)
    for name, value in model.conditions.items():
        conditions[name] = conditions[name]._replace(choice=choice(value))
        problems += _condition_problems(conditions[name].choice, name, conditions[name].location, None)
    rules = []
    for number, table in enumerate(model.rule):
        rule = RawRule(full_id(table.id, family), places.table("rule", number), table.enabled, _fields(table, model))
        rules.append(rule)
        problems += _patterns(rule, table, places, number)
    protections = []
    for number, protect in enumerate(model.protect):
        place = places.table("protect", number)
        problems += _pattern_problem(protect.pattern, "pattern", place, None)
        given = protect.model_dump(include={"pattern", "min_words", "inside", "below", "run"})
        protections.append(Protection(rules=tuple(protect.rules), location=place, beside=tuple(protect.beside or ()), **given))
    profiles: dict[str, Profile | None] = {}
    if model.profile:
        profile = _profile(model.profile, family, places)
        profiles[profile.id] = profile if model.profile.enabled else None
        problems += _profile_problems(profile, places)
    return RawFile(tuple(rules), tuple(protections), conditions, tuple(problems), profiles)


def _sound(data: Mapping[str, Any], places: Places, family: str) -> tuple[RuleFile, Places, list[Problem]]:
    """Return the tables of a file that have no faults, where they stand, and the faults of the others.

    What is sound is looked at further, so that all faults are told at once.
    """
    problems: list[Problem] = []
    while True:
        try:
            return RuleFile.model_validate(data), places, problems
        except ValidationError as error:
            problems += rulefaults.problems(error, data, places, family)
            wrong = {tuple(entry["loc"][:2]) for entry in error.errors()}
        left: dict[str, Any] = {}
        for key, value in data.items():
            if (key,) in wrong:
                continue
            if isinstance(value, list):
                sound = [number for number in range(len(value)) if (key, number) not in wrong]
                places = places.only(key, sound)
                left[key] = [value[number] for number in sound]
            elif isinstance(value, dict) and key in ("conditions", "parts"):
                left[key] = {name: each for name, each in value.items() if (key, name) not in wrong}
            elif not any(loc[0] == key for loc in wrong):
                left[key] = value
        data = left


def _table(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}


def _fields(table: RuleTable, model: RuleFile) -> dict[str, Any]:
    given = {name: getattr(table, name) for name in table.model_fields_set if getattr(table, name) is not None}
    fields: dict[str, Any] = {
        name: given[name]
        for name in ("why", "max_lines", "max_prose_share", "cut", "company", "most", "confidence", "status", "source", "added")
        if name in given
    }
    kinds = [kind for kind in KINDS if kind in given]
    if kinds:
        fields["kinds"] = tuple(kinds)
        fields.update(_kind_fields(kinds[0], given[kinds[0]]))
    if "keywords" in given:
        fields["keywords"] = tuple(given["keywords"])
    if "keeps" in given:
        fields["keeps"] = tuple(given["keeps"])
    if "removes" in given:
        fields["removes"] = tuple(map(_example, given["removes"]))
    if "when" in given:
        fields["when"] = choice(given["when"])
    narrowed = {name: given.get(name) or getattr(model, name, None) for name in ("sites", "langs", "unless")}
    extra = tuple(Predicate(name, arguments(name, value)) for name, value in narrowed.items() if value)
    if extra:
        fields["narrowed"] = extra
    return fields


def _example(entry: str | WholeExample) -> Example:
    if isinstance(entry, str):
        return Example(entry)
    known = entry.model_dump(include={"title", "author", "date", "site", "language"}, exclude_none=True)
    return Example(entry.from_, entry.to, entry.url, tuple(known.items()))


def _kind_fields(kind: str, value: Any) -> dict[str, Any]:
    if isinstance(value, Block):
        return {"kind": kind, "pattern": value.from_, "until": value.to, "max_lines": value.max_lines}
    if isinstance(value, Repeat):
        return {"kind": kind, "of": (value.of,), "pattern": value.ignoring or ""}
    if kind == "repeat":
        return {"kind": kind, "of": (value,)}
    if kind == "metadata":
        return {"kind": kind, "of": tuple(value)}
    if isinstance(value, BaseModel):
        return {"kind": kind, "pattern": value.model_dump_json(exclude_none=True)}
    if kind == "lines":
        return {"kind": kind}
    if kind == "remnant":
        return {"kind": kind, "max_lines": value}
    return {"kind": kind, "pattern": value if isinstance(value, str) else "|".join(value)}


def _profile(table: ProfileTable, name: str, places: Places) -> Profile:
    given = {key: value for key in table.model_fields_set - {"enabled"} if (value := getattr(table, key)) is not None}
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    folder = "site" if table.sites else "platform"
    return Profile(id=f"{folder}/{name}", location=places.top("profile"), **fields)


# -- faults


def _patterns(rule: RawRule, table: RuleTable, places: Places, number: int) -> Iterator[Problem]:
    place = places.table("rule", number)
    patterns: dict[str, str | list[str] | None] = {
        "line": table.line,
        "span": table.span,
        "after": table.after,
        "tail": table.tail,
        "unless": table.unless,
    }
    if table.block:
        patterns["block"] = table.block.from_
        yield from _pattern_problem(table.block.to, "block.to", places.key(place, "block"), rule.id)
    if isinstance(table.repeat, Repeat) and table.repeat.ignoring:
        patterns["repeat"] = table.repeat.ignoring
    if table.html:
        patterns["html"] = table.html.text
        for value in (table.html.attributes or {}).values():
            yield from _pattern_problem(value, "html.attributes", places.key(place, "html"), rule.id)
        for selector in table.html.css or ():
            yield from _selector_problem(selector, "html.css", places.key(place, "html"), rule.id)
    for key, pattern in patterns.items():
        for each in [pattern] if isinstance(pattern, str) else pattern or ():
            yield from _pattern_problem(each, key, places.key(place, key), rule.id)
    yield from _condition_problems(rule.fields.get("when", ()), "when", places.key(place, "when"), rule.id)
    kinds = rule.fields.get("kinds", ())
    if len(kinds) > 1:
        yield Problem(place, f"has {' and '.join(kinds)}: a rule removes one kind of thing; make it two rules", rule.id)


def _profile_problems(profile: Profile, places: Places) -> Iterator[Problem]:
    for key in ("posts", "author", "date", "body", "quote", "content", "drop"):
        for selector in getattr(profile, key):
            yield from _selector_problem(selector, key, places.key(profile.location, key), profile.id)
    if not (profile.fingerprint or profile.sites):
        yield Problem(profile.location, 'would be tried on every page: give it a "fingerprint" or "sites"', profile.id)
    if bool(profile.posts) != bool(profile.body):
        yield Problem(profile.location, 'needs "posts" and "body" together: a thread is posts, and a post has a text', profile.id)


def _condition_problems(asked: Choice, key: str, place: Location, rule: str | None) -> Iterator[Problem]:
    for predicate in (each for entry in asked for each in entry.predicates if each.name == "unless"):
        yield from _pattern_problem(str(predicate.args[0]), key, place, rule)


def _selector_problem(selector: str, key: str, place: Location, rule: str | None) -> Iterator[Problem]:
    from cssselect import HTMLTranslator, SelectorError

    try:
        HTMLTranslator().css_to_xpath(_ATTRIBUTE.sub("", selector) or "*")
    except SelectorError as error:
        yield Problem(place, f'"{key}" has a selector that is not valid CSS, "{selector}": {str(error).rstrip(".").lower()}', rule)


def _pattern_problem(pattern: str, key: str, place: Location, rule: str | None) -> Iterator[Problem]:
    if error := pattern_fault(pattern):
        yield Problem(place, f'"{key}" is not a valid pattern: {error}', rule)
