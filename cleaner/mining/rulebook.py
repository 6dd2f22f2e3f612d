"""A file of mined rules under review: its rules one by one, as text, and what was decided about each.

Accepted rules stay where they are, word for word; rejected ones go and are remembered beside the file, so that
mining the same source again does not bring them back.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

from cleaner.errors import ConfigError, RuleError
from cleaner.mining.model import key_of
from cleaner.rulefile import RawRule, parse
from cleaner.writers import write_file

_HEADER = re.compile(r"(?m)^\[\[rule\]\]")
_REPORT = re.compile(r'(?m)^(?:status = "experimental"|confidence = "report")\n')


@dataclass(frozen=True, slots=True)
class Entry:
    """One rule of the file: the comments above it and its table, as they stand there."""

    id: str
    comments: str
    table: str
    fields: dict[str, Any]

    @property
    def pending(self) -> bool:
        """Whether nobody has decided about it: it only reports."""
        return self.fields.get("confidence") == "report"

    @property
    def sites(self) -> tuple[str, ...]:
        """The sites it is for; none: any."""
        return next((tuple(map(str, each.args)) for each in self.fields.get("narrowed", ()) if each.name == "sites"), ())

    @property
    def key(self) -> str:
        """What it is remembered by once it is rejected."""
        kind, value = self.fields.get("kind", ""), self.fields.get("pattern", "")
        if kind == "block":
            value = {"from": value, "to": self.fields.get("until", "")}
        return key_of(self.sites, kind, {"css": json.loads(value).get("css")} if kind == "html" else value)


class RuleBook:
    """The rules of a mined file; raises ``ConfigError`` if it is not there and ``RuleError`` if it is wrong."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            text = path.read_text("utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}; make it with `clean mine`") from None
        self.head, self.entries = _split(text, path)

    @property
    def pending(self) -> list[Entry]:
        """The rules that nobody has decided about."""
        return [entry for entry in self.entries if entry.pending]

    def accept(self, entry: Entry) -> None:
        """Let the rule edit texts from now on."""
        self._replace(entry, _REPORT.sub("", entry.table))

    def reject(self, entry: Entry) -> None:
        """Take the rule out of the file and remember that it was."""
        self._remember(entry)
        self.entries.remove(entry)
        self._save()

    def edit(self, entry: Entry, table: str) -> None:
        """Put another table in the rule's place, which counts as accepted; raises ``RuleError`` if it is wrong."""
        self._replace(entry, _REPORT.sub("", table))
        # What was proposed before the change is not to be proposed again.
        self._remember(entry)

    def _remember(self, entry: Entry) -> None:
        rejected = self.rejected(self.path)
        rejected[entry.key] = entry.id
        _write(rejected_file(self.path), json.dumps(rejected, ensure_ascii=False, indent=1, sort_keys=True) + "\n")

    def _replace(self, entry: Entry, table: str) -> None:
        _, made = _split(f"{entry.comments}{table}", self.path)
        if len(made) != 1:
            raise ConfigError("this has to be one rule, with its [[rule]] line")
        lacking = [key for key in ("kind", "why", "removes", "keeps") if key not in made[0].fields]
        if lacking:
            raise ConfigError(f"this rule lacks {' and '.join(lacking)}")
        at = self.entries.index(entry)
        self.entries[at] = made[0]
        self._save()

    def _save(self) -> None:
        _write(self.path, self.text())

    def text(self, entries: Iterable[Entry] | None = None) -> str:
        """Return the file's text, or that of some of its rules."""
        chosen = self.entries if entries is None else entries
        return self.head + "".join(f"\n{entry.comments}{entry.table}" for entry in chosen)

    @staticmethod
    def rejected(path: Path) -> dict[str, str]:
        """Return what was rejected from the file at ``path`` so far: key to id."""
        file = rejected_file(path)
        try:
            found = json.loads(file.read_text("utf-8")) if file.exists() else {}
        except ValueError:
            raise ConfigError(f"{file}: is not valid JSON; mend it or delete it to begin anew") from None
        return {str(key): str(value) for key, value in found.items()}


def rejected_file(path: Path) -> Path:
    """Return where it is remembered what was rejected from a file of mined rules."""
    return path.with_suffix(".rejected.json")


def decided(path: Path) -> tuple[str, set[str]]:
    """Return the text of the accepted rules in the file at ``path``, if it is there, and the keys of all that was decided about."""
    rejected = set(RuleBook.rejected(path))
    if not path.exists():
        return "", rejected
    book = RuleBook(path)
    accepted = [entry for entry in book.entries if not entry.pending]
    return (book.text(accepted) if accepted else ""), rejected | {entry.key for entry in accepted}


def _split(text: str, path: Path) -> tuple[str, list[Entry]]:
    """Return what stands above the first rule, and the rules."""
    raw = parse(text, str(path), path.stem)
    if raw.problems:
        raise RuleError(raw.problems)
    starts = [found.start() for found in _HEADER.finditer(text)]
    if len(starts) != len(raw.rules):
        raise ConfigError(f"{path}: has a [[rule]] inside a text, which review cannot tell from a rule")
    if not starts:
        return text, []
    pieces = [text[: starts[0]], *(text[begin:end] for begin, end in pairwise([*starts, len(text)]))]
    entries = []
    head, comments = _comments_of(pieces[0])
    for piece, rule in zip(pieces[1:], raw.rules, strict=True):
        table, following = _comments_of(piece)
        entries.append(_entry(rule, comments, table.rstrip("\n") + "\n"))
        comments = following
    return head.rstrip("\n") + "\n" if head.strip() else "", entries


def _entry(rule: RawRule, comments: str, table: str) -> Entry:
    return Entry(rule.id, comments, table, dict(rule.fields))


def _comments_of(piece: str) -> tuple[str, str]:
    """Return a piece of the file without the comments at its end, which are those of the next rule, and those."""
    lines = piece.splitlines(keepends=True)
    at = len(lines)
    while at and lines[at - 1].startswith("#"):
        at -= 1
    return "".join(lines[:at]), "".join(lines[at:])


def _write(path: Path, text: str) -> None:
    write_file(path, text.encode("utf-8", "backslashreplace"))


def shown(entry: Entry) -> Iterator[str]:
    """Yield a rule under review as lines for people: the evidence, then what it is and its pattern."""
    yield from (line.removeprefix("# ") for line in entry.comments.splitlines())
    yield from entry.table.splitlines()
