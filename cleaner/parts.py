"""Parts of patterns that a rule file names once and its rules use by that name: ``{{month}}``.

A part may use parts above it; the table stands above what uses it. Patterns are put together before anything else
looks at them, so that to all the rest of the program there are only whole ones.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from typing import Any

from cleaner.errors import Problem, did_you_mean
from cleaner.places import Places
from cleaner.rulemodel import full_id
from cleaner.types import Location

_USE = re.compile(r"\{\{([a-z][a-z0-9]*(?:-[a-z0-9]+)*)\}\}")
#: Keys with texts of people and sites: two braces there are what they are.
_VERBATIM = ("why", "removes", "keeps", "source")


def filled(data: Mapping[str, Any], places: Places, family: str) -> tuple[dict[str, Any], list[Problem]]:
    """Return the data of a rule file with its parts put in where they are used, and every use of a part that is not there."""
    parts: dict[str, str] = {}
    problems: list[Problem] = []
    whole: dict[str, Any] = {}

    def put(value: Any, place: Location, rule: str | None = None) -> Any:
        missing: dict[str, None] = {}
        found = _put(value, parts, missing)
        hint = "and no part of that name stands above"
        problems.extend(Problem(place, f'uses "{{{{{name}}}}}", {hint}{did_you_mean(name, parts)}', rule) for name in missing)
        return found

    for key, value in data.items():
        whole[key] = value
        if key in ("parts", "conditions") and isinstance(value, dict):
            whole[key] = {}
            for name, each in value.items():
                whole[key][name] = put(each, places.top(name))
                if key == "parts":
                    parts[name] = _grouped(whole[key][name])
        elif key in ("rule", "protect") and isinstance(value, list):
            whole[key] = [put(table, places.table(key, number), _id(table, family)) for number, table in enumerate(value)]
    return whole, problems


def unused(source: str, path: str) -> Iterator[Problem]:
    """Yield a problem for each part that a rule file, of this text, names and does not use."""
    used = set(_USE.findall(source))
    for name in tomllib.loads(source).get("parts", ()):
        if name not in used:
            yield Problem(Places(source, path).top(name), f'names a part "{name}" that nothing in the file uses')


def _put(value: Any, parts: Mapping[str, str], missing: dict[str, None]) -> Any:
    """Return the value with parts put in; the names of those that are not there are noted in ``missing``."""

    def part(found: re.Match[str]) -> str:
        if found[1] not in parts:
            missing[found[1]] = None
        return parts.get(found[1], found[0])

    if isinstance(value, str):
        return _USE.sub(part, value)
    if isinstance(value, list):
        return [_put(each, parts, missing) for each in value]
    if isinstance(value, dict):
        return {key: each if key in _VERBATIM else _put(each, parts, missing) for key, each in value.items()}
    return value


def _grouped(part: Any) -> str:
    """Return a part as it stands in a pattern; what cannot be one is a fault of its own."""
    texts = [each for each in part if isinstance(each, str)] if isinstance(part, list) else [str(part)]
    return f"(?:{'|'.join(texts)})"


def _id(table: Any, family: str) -> str | None:
    given = table.get("id") if isinstance(table, dict) else None
    return full_id(str(given), family) if given else None
