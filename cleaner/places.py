"""Where the tables and keys of a rule file stand, which ``tomllib`` does not say."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from copy import copy

from cleaner.types import Location

_HEADER = re.compile(r"\s*\[\[(rule|protect)\]\]")
_KEY = re.compile(r"""\s*(?:"([^"]+)"|'([^']+)'|([A-Za-z0-9_-]+))\s*[=.]""")


class Places:
    """Where the tables and keys of a TOML text stand; lines are counted from 1."""

    def __init__(self, source: str, path: str) -> None:
        self._path = path
        self._lines = source.split("\n")
        self._tables: Mapping[str, list[int]] = {"rule": [], "protect": []}
        quote = ""
        for number, line in enumerate(self._lines, 1):
            if not quote and (header := _HEADER.match(line)):
                self._tables[header[1]].append(number)
            quote = _open_quote(line, quote)
        self._headers = {line for lines in self._tables.values() for line in lines}

    def only(self, name: str, numbers: Iterable[int]) -> Places:
        """Return where all stands if of the tables of that name only those count."""
        if name not in self._tables:
            return self
        left = copy(self)
        left._tables = {**self._tables, name: [self._tables[name][number] for number in numbers]}
        return left

    def table(self, name: str, number: int) -> Location:
        """Return where the ``number``-th table of that name begins."""
        return Location(self._path, self._tables[name][number])

    def key(self, table: Location, key: str) -> Location:
        """Return where a key of the table stands, or the table if it has no such key."""
        for number in range(table.line + 1, len(self._lines) + 1):
            if number in self._headers:
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
