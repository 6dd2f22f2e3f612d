"""One TOML file of rules: parse it, check it, and say where each fault is.

``tomllib`` gives no positions, so a second pass over the lines finds where each table and key
stands; a fault then points at ``rules/paywall.toml:41 [paywall/join-free]``.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ValidationError

from cleaner.errors import Problem, did_you_mean
from cleaner.patterns import fault as pattern_fault
from cleaner.rulemodel import KINDS, Block, Conditions, Desert, OutsideCore, ProfileTable, Repeat, RuleFile, RuleTable, Run, WholeExample
from cleaner.types import Conjunction, Example, Location, Predicate, Profile, Protection

_HEADER = re.compile(r"\s*\[\[(rule|protect)\]\]")
#: What takes an attribute at the end of a profile's selector.
_ATTRIBUTE = re.compile(r"::attr\([\w-]+\)$")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*[=.]""")
_TOML_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")
_TAGS = re.compile(
    r"^(?:function-|literal|constrained|list\[|str|int|float|bool|Run|Desert|OutsideCore|Conditions|Block|Repeat|Html|WholeExample)"
)


@dataclass(frozen=True, slots=True)
class RawRule:
    """A rule as its file has it: only the fields that are given, so that it can override another."""

    id: str
    location: Location
    enabled: bool
    fields: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class RawFile:
    """What a rule file holds, and what is wrong with it."""

    rules: tuple[RawRule, ...] = ()
    protections: tuple[Protection, ...] = ()
    conditions: Mapping[str, tuple[Conjunction, ...]] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    profiles: Mapping[str, Profile | None] = field(default_factory=dict)


def parse(source: str, path: str, family: str) -> RawFile:
    """Return the rules in ``source``, the text of the file at ``path``, whose ids begin with ``family``.

    Faults do not raise: they are all in ``problems``, with their lines.
    """
    try:
        data = tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        found = _TOML_LINE.search(str(error))
        place = Location(path, int(found[1]) if found else 1)
        return RawFile(problems=(Problem(place, f"is not valid TOML: {_TOML_LINE.sub('', str(error)).strip().lower()}"),))
    places = _Places(source, path)
    try:
        model = RuleFile.model_validate(data)
    except ValidationError as error:
        return RawFile(problems=(*_problems(error, data, places, family), *_other_problems(error, data, places, family)))
    conditions = {name: conjunctions(value) for name, value in model.conditions.items()}
    problems: list[Problem] = []
    for name, when in conditions.items():
        problems += _condition_problems(when, name, places.top(name), None)
    rules = []
    for number, table in enumerate(model.rule):
        full_id = table.id if "/" in table.id else f"{family}/{table.id}"
        rule = RawRule(full_id, places.table("rule", number), table.enabled, _fields(table, model))
        rules.append(rule)
        problems += _patterns(rule, table, places, number)
    protections = []
    for number, protect in enumerate(model.protect):
        place = places.table("protect", number)
        problems += _pattern_problem(protect.pattern, "pattern", place, None)
        protections.append(Protection(protect.pattern, tuple(protect.rules), place))
    profiles: dict[str, Profile | None] = {}
    if model.profile:
        profile = _profile(model.profile, family, places)
        profiles[profile.id] = profile if model.profile.enabled else None
        problems += _profile_problems(profile, places)
    return RawFile(tuple(rules), tuple(protections), conditions, tuple(problems), profiles)


def _other_problems(error: ValidationError, data: Mapping[str, Any], places: _Places, family: str) -> Iterator[Problem]:
    """What is wrong with the patterns of the rules whose tables are sound, so that all faults are told at once."""
    wrong = {entry["loc"][1] for entry in error.errors() if entry["loc"][0] == "rule" and len(entry["loc"]) > 1}
    tables = data.get("rule")
    if not isinstance(tables, list) or not wrong:
        return
    sound = [number for number in range(len(tables)) if number not in wrong]
    try:
        model = RuleFile.model_validate({**data, "rule": [tables[number] for number in sound]})
    except ValidationError:
        return
    for number, table in zip(sound, model.rule, strict=True):
        full_id = table.id if "/" in table.id else f"{family}/{table.id}"
        yield from _patterns(RawRule(full_id, places.table("rule", number), table.enabled, {}), table, places, number)


def conjunctions(value: Conditions | Sequence[Conditions]) -> tuple[Conjunction, ...]:
    """Return the conjunctions that a ``when`` table, or a choice of tables, stands for."""
    tables = [value] if isinstance(value, Conditions) else value
    return tuple(tuple(_predicates(table)) for table in tables)


def _predicates(table: Conditions, negated: bool = False) -> Iterator[Predicate]:
    for name in type(table).model_fields:
        value = getattr(table, name)
        if value is None:
            continue
        if name == "not_":
            yield from _predicates(value, not negated)
        else:
            yield Predicate(name, _arguments(name, value), negated)


def _arguments(name: str, value: Any) -> tuple[float | str, ...]:
    if name == "outside_core":
        value = OutsideCore() if value is True else value
        return (value.words, value.penalty, value.lines)
    if name == "desert":
        value = value if isinstance(value, Desert) else Desert(lines=value)
        return (value.lines, value.words)
    if name == "cluster":
        return (8,) if value is True else (value,)
    if isinstance(value, Run):
        return (value.min, value.max_words)
    if value is True:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)


def _fields(table: RuleTable, model: RuleFile) -> dict[str, Any]:
    given = {name: getattr(table, name) for name in table.model_fields_set if getattr(table, name) is not None}
    fields: dict[str, Any] = {
        name: given[name]
        for name in ("why", "max_lines", "max_prose_share", "cut", "company", "confidence", "status", "source", "added")
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
        when = given["when"]
        fields["when"] = when if isinstance(when, str) else conjunctions(when)
    narrowed = {name: given.get(name) or getattr(model, name, None) for name in ("sites", "langs", "unless")}
    extra = tuple(Predicate(name, _arguments(name, value)) for name, value in narrowed.items() if value)
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
    return {"kind": kind, "pattern": value if isinstance(value, str) else "|".join(value)}


def _profile(table: ProfileTable, name: str, places: _Places) -> Profile:
    given = {key: value for key in table.model_fields_set - {"enabled"} if (value := getattr(table, key)) is not None}
    fields: dict[str, Any] = {key: tuple(value) if isinstance(value, list) else value for key, value in given.items()}
    folder = "site" if table.sites else "platform"
    return Profile(id=f"{folder}/{name}", location=places.top("profile"), **fields)


# -- faults


class _Places:
    """Where the tables and keys of a TOML text stand."""

    def __init__(self, source: str, path: str) -> None:
        self._path = path
        self._lines = source.split("\n")
        self._tables: dict[str, list[int]] = {"rule": [], "protect": []}
        quote = ""
        for number, line in enumerate(self._lines, 1):
            if not quote and (header := _HEADER.match(line)):
                self._tables[header[1]].append(number)
            quote = _open_quote(line, quote)

    def table(self, name: str, number: int) -> Location:
        """Return where the ``number``-th table of that name begins."""
        return Location(self._path, self._tables[name][number])

    def key(self, table: Location, key: str) -> Location:
        """Return where a key of the table stands, or the table if it has no such key."""
        headers = {line for lines in self._tables.values() for line in lines}
        for number in range(table.line + 1, len(self._lines) + 1):
            if number in headers:
                break
            found = _KEY.match(self._lines[number - 1])
            if found and key in found.groups():
                return Location(self._path, number)
        return table

    def top(self, key: str) -> Location:
        """Return where a key or table at the top of the file stands."""
        for number, line in enumerate(self._lines, 1):
            if re.match(rf"\s*\[*{re.escape(key)}\b", line):
                return Location(self._path, number)
        return Location(self._path, 1)


def _open_quote(line: str, quote: str) -> str:
    """Return the triple quote that is open after the line."""
    for mark in re.findall(r"'''|\"\"\"", line):
        if not quote:
            quote = mark
        elif quote == mark:
            quote = ""
    return quote


def _problems(error: ValidationError, data: Mapping[str, Any], places: _Places, family: str) -> Iterator[Problem]:
    seen = set()
    no_strings = set()
    for fault in error.errors():
        path = [part for part in fault["loc"] if isinstance(part, int) or not _TAGS.match(part)]
        # What may be a string or a list of them, and is neither, is wrong once.
        if fault["type"] == "string_type":
            no_strings.add(tuple(path))
        elif fault["type"] == "list_type" and tuple(path) in no_strings:
            continue
        message = _message(fault["type"], str(path[-1]) if path else "", fault, path)
        if len(path) > 1 and path[0] in ("rule", "protect") and isinstance(path[1], int):
            table = places.table(str(path[0]), path[1])
            name = data[path[0]][path[1]].get("id") if path[0] == "rule" else None
            rule = (name if "/" in str(name) else f"{family}/{name}") if name else None
            place = places.key(table, str(path[2])) if len(path) > 2 else table
        else:
            rule = None
            place = places.top(str(path[0])) if path else places.top("")
        if (place, message) not in seen:
            seen.add((place, message))
            yield Problem(place, message, rule)


def _message(kind: str, key: str, fault: Mapping[str, Any], path: Sequence[str | int]) -> str:
    if kind == "extra_forbidden":
        known: list[str] = []
        for model in _models_at(path):
            known += [given.alias or name for name, given in model.model_fields.items()]
        return f'unknown key "{key}"{did_you_mean(key, known)}'
    if kind == "missing":
        return f'lacks "{key}"'
    text = fault["msg"].replace("Input should be", "should be").replace("String should", "should")
    return f'"{".".join(str(part) for part in path[2:] or path)}" {text[0].lower() + text[1:]}'


def _models_at(path: Sequence[str | int]) -> Iterator[type[BaseModel]]:
    from cleaner import rulemodel

    names = [part for part in path[:-1] if isinstance(part, str)]
    if "when" in names or "conditions" in names:
        nested: dict[str, type[BaseModel]] = {"run": Run, "desert": Desert, "outside_core": OutsideCore}
        yield nested.get(names[-1], Conditions)
    elif names[:1] == ["profile"]:
        yield rulemodel.ProfileTable
    elif names[:1] == ["protect"]:
        yield rulemodel.ProtectTable
    elif names[:1] == ["rule"]:
        inner: dict[str, type[BaseModel]] = {"block": Block, "repeat": Repeat, "html": rulemodel.Html, "removes": WholeExample}
        yield inner.get(names[-1], RuleTable)
    else:
        yield RuleFile


def _patterns(rule: RawRule, table: RuleTable, places: _Places, number: int) -> Iterator[Problem]:
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
    when = rule.fields.get("when", ())
    if not isinstance(when, str):
        yield from _condition_problems(when, "when", places.key(place, "when"), rule.id)
    kinds = rule.fields.get("kinds", ())
    if len(kinds) > 1:
        yield Problem(place, f"has {' and '.join(kinds)}: a rule removes one kind of thing; make it two rules", rule.id)


def _profile_problems(profile: Profile, places: _Places) -> Iterator[Problem]:
    for key in ("posts", "author", "date", "body", "quote", "content", "drop"):
        for selector in getattr(profile, key):
            yield from _selector_problem(selector, key, places.key(profile.location, key), profile.id)
    if not (profile.fingerprint or profile.sites):
        yield Problem(profile.location, 'would be tried on every page: give it a "fingerprint" or "sites"', profile.id)
    if bool(profile.posts) != bool(profile.body):
        yield Problem(profile.location, 'needs "posts" and "body" together: a thread is posts, and a post has a text', profile.id)


def _condition_problems(when: Sequence[Conjunction], key: str, place: Location, rule: str | None) -> Iterator[Problem]:
    for predicate in (each for conjunction in when for each in conjunction if each.name == "unless"):
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
