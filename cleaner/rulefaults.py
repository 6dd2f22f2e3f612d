"""What pydantic finds wrong with a rule file, as problems that a person can act on.

Where a value may be of several types, pydantic tells for each of them why the value is not of it. One
problem is made of that: what is wrong inside the type that the value has, or which types there are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, NamedTuple, TypeAlias

from pydantic import BaseModel, ValidationError

from cleaner.errors import Problem, did_you_mean
from cleaner.places import Places
from cleaner.rulemodel import (
    Block,
    Conditions,
    Desert,
    Html,
    OutsideCore,
    Predicates,
    ProfileTable,
    ProtectTable,
    Repeat,
    RuleFile,
    RuleTable,
    Run,
    WholeExample,
    full_id,
)
from cleaner.types import Location

#: Faults of a value that is of another type, and what it should have been.
_TYPES = {
    "string_type": "a string",
    "list_type": "a list",
    "model_type": "a table",
    "dict_type": "a table",
    "int_type": "a whole number",
    "float_type": "a number",
    "bool_type": "true or false",
    "literal_error": "",
}
#: Where what belongs to a table begins in a path: behind its name, or its kind and number.
_NAMED = {"parts": 1, "conditions": 1, "rule": 2, "protect": 2}
#: Keys and positions from the top of the file down.
Path: TypeAlias = "tuple[str | int, ...]"


class Fault(NamedTuple):
    """One fault, as pydantic tells it."""

    path: Path
    kind: str
    expected: str
    text: str


def problems(error: ValidationError, data: Mapping[str, Any], places: Places, family: str) -> Iterator[Problem]:
    """Return the problems of the data of a rule file whose ids begin with ``family``."""
    faults = [_fault(entry, data) for entry in error.errors()]
    told: set[tuple[Location, str]] = set()
    for fault in faults:
        if fault.kind in _TYPES and any(_says_more(other, fault) for other in faults):
            continue
        rule, place = _place(fault.path, data, places, family)
        message = _message(fault, faults)
        if (place, message) not in told:
            told.add((place, message))
            yield Problem(place, message, rule)


def _fault(entry: Mapping[str, Any], data: Mapping[str, Any]) -> Fault:
    kind = entry["type"]
    expected = entry.get("ctx", {}).get("expected", "") if kind == "literal_error" else _TYPES.get(kind, "")
    return Fault(_path(entry, data), kind, expected, entry["msg"])


def _path(entry: Mapping[str, Any], data: Any) -> Path:
    """Return where a fault is, without the names of types that pydantic puts between the keys."""
    path: list[str | int] = []
    *above, last = entry["loc"]
    for part in (*above, last):
        if (isinstance(data, Mapping) and part in data) or (isinstance(data, list) and isinstance(part, int)):
            data = data[part]
            path.append(part)
    return (*path, last) if entry["type"] == "missing" else tuple(path)


def _says_more(other: Fault, fault: Fault) -> bool:
    """Return whether the value is of the type that the other fault speaks of."""
    return other.path[: len(fault.path)] == fault.path and (len(other.path) > len(fault.path) or other.kind not in _TYPES)


def _place(path: Path, data: Mapping[str, Any], places: Places, family: str) -> tuple[str | None, Location]:
    match path:
        case ("rule" | "protect" as name, int(number), *keys):
            table = places.table(name, number)
            given = data[name][number].get("id") if name == "rule" else None
            rule = full_id(str(given), family) if given else None
            return rule, places.key(table, str(keys[0])) if keys else table
        case ("conditions" | "parts", str(name), *_):
            return None, places.top(name)
        case (name, *_):
            return None, places.top(str(name))
    return None, places.top("")


def _message(fault: Fault, faults: Sequence[Fault]) -> str:
    key = str(fault.path[-1]) if fault.path else ""
    if fault.kind == "extra_forbidden":
        known = [given.alias or name for name, given in _model_at(fault.path).model_fields.items()]
        return f'unknown key "{key}"{did_you_mean(key, known)}'
    if fault.kind == "missing":
        return f'lacks "{key}"'
    subject = ".".join(str(part) for at, part in enumerate(fault.path) if at >= _NAMED.get(str(fault.path[0]), 0)) or key
    if fault.kind in _TYPES:
        *others, last = dict.fromkeys(other.expected for other in faults if other.path == fault.path and other.kind in _TYPES)
        return f'"{subject}" should be {", ".join(others)}{" or " if others else ""}{last}'
    text = fault.text.replace("Input should be", "should be").replace("String should", "should")
    return f'"{subject}" {text[0].lower() + text[1:]}'


def _model_at(path: Path) -> type[BaseModel]:
    """Return the model of the table that the last key of the path stands in."""
    names = [part for part in path[:-1] if isinstance(part, str)]
    match names:
        case ["conditions", _, *inner] | ["rule", "when", *inner]:
            nested: dict[str, type[BaseModel]] = {"run": Run, "desert": Desert, "outside_core": OutsideCore, "not": Predicates}
            return nested.get(inner[-1] if inner else "", Conditions)
        case ["profile", *_]:
            return ProfileTable
        case ["protect", *_]:
            return ProtectTable
        case ["rule", *inner]:
            tables: dict[str, type[BaseModel]] = {"block": Block, "repeat": Repeat, "html": Html, "removes": WholeExample}
            return tables.get(inner[-1] if inner else "", RuleTable)
    return RuleFile
