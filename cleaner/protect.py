"""The lines that a project keeps, whatever the rules say: a text file, one line of text a line.

Blank lines and lines that begin with ``#`` do not count; ``\\#`` begins a line to keep with a ``#``,
``\\\\`` one with a backslash. A line is kept wherever it stands, however it is spaced and in
whatever case, and so are the texts inside it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import regex

from cleaner.errors import ConfigError
from cleaner.fold import fold
from cleaner.lines import LineNumbers, Lines
from cleaner.normalize import characters
from cleaner.types import Cleaned, Location, Protection
from cleaner.writers import write_file

_HEAD = """\
# Lines that `clean` keeps wherever they stand; `clean protect FILE:LINE` adds one.
"""


def read(path: Path) -> list[str]:
    """Return the lines that the file lists; raises ``ConfigError`` if it cannot be read."""
    try:
        listed = path.read_text("utf-8").splitlines()
    except UnicodeDecodeError as error:
        raise ConfigError(f"{path}: is not UTF-8: byte {error.start} is wrong; save the file as UTF-8") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror or error}") from None
    kept = (line.strip() for line in listed)
    return [line[1:] if line.startswith(("\\#", "\\\\")) else line for line in kept if line and not line.startswith("#")]


def protections(path: Path) -> tuple[Protection, ...]:
    """Return what keeps the lines of the file from every rule."""
    patterns = list(dict.fromkeys(filter(None, map(_pattern, read(path)))))
    if not patterns:
        return ()
    return (Protection(rf"\A\s*(?:{'|'.join(patterns)})\s*\Z", location=Location(str(path), 1)),)


def start(path: Path) -> None:
    """Make the file, without any lines, unless it is there."""
    if not path.exists():
        write_file(path, _HEAD.encode())


def add(path: Path, lines: Iterable[str]) -> list[str]:
    """Append the lines that the file does not list yet, create it if need be, and return what was added."""
    before = path.read_text("utf-8") if path.exists() else ""
    known = set(map(_pattern, read(path))) if before else set()
    added: list[str] = []
    for line in lines:
        text = " ".join(line.split())
        if text and _pattern(text) not in known:
            known.add(_pattern(text))
            added.append(text)
    if added:
        gap = "" if not before or before.endswith("\n") else "\n"
        listed = "".join(f"\\{text}\n" if text.startswith(("#", "\\")) else f"{text}\n" for text in added)
        write_file(path, f"{before or _HEAD}{gap}{listed}".encode("utf-8", "replace"))
    return added


def removed_at(cleaned: Cleaned, number: int) -> Iterator[str]:
    """Yield the text of the lines at line ``number`` of the file of which something went; lines of a wrapped paragraph are one."""
    text = cleaned.document.text
    numbers = LineNumbers(text)
    settled, offsets = characters(text)
    lines = Lines(settled)
    for line in range(len(lines)):
        start, end = lines.span(line)
        if offsets:
            start, end = offsets[start], offsets[end]
        here = numbers.of(start) <= number <= numbers.of(max(start, end - 1))
        if here and any(removal.start < end and removal.end > start for removal in cleaned.removals):
            yield text[start:end]


def _pattern(line: str) -> str:
    """Return a pattern of the line as rules see it: characters settled and folded, any space for any other."""
    return r"\s+".join(regex.escape(word) for word in fold(characters(line)[0]).split())
