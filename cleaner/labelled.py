"""Documents whose lines are labelled junk or content: what rules are measured on.

One JSON object a line, plain or gzip: ``{"id", "site", "url", "lines": [{"text", "label"}]}``. Labels are ``content``,
``junk``, ``meta`` (title, author, date), ``dup``, ``unsure`` and ``blank``; any other key is a property to filter by.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
import unicodedata
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.errors import ReadError

#: A word is a run of letters and digits, or one character of a script without spaces.
_WORD = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]|[^\W_]+")


@dataclass(frozen=True, slots=True)
class Labelled:
    """A document as its lines and their labels; ``properties`` are the other keys of its record."""

    id: str
    site: str
    url: str | None
    lines: tuple[str, ...]
    labels: tuple[str, ...]
    properties: Mapping[str, Any] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The lines, joined by newlines."""
        return "\n".join(self.lines)


def read(path: Path, where: Mapping[str, str] | None = None) -> Iterator[Labelled]:
    """Yield the documents of a file that have the properties of ``where``; raises ``ReadError`` at the first bad line."""
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for number, line in enumerate(lines, 1):
                if not line.strip():
                    continue
                document = _document(line, f"{path}:{number}")
                if all(str(document.properties.get(key)) == value for key, value in (where or {}).items()):
                    yield document
    except FileNotFoundError:
        raise ReadError(f"{path}: no such file") from None
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise ReadError(f"{path}: cannot be read: {getattr(error, 'strerror', None) or error}") from None


def sampled(documents: Sequence[Labelled], count: int) -> list[Labelled]:
    """Return ``count`` of the documents, chosen by their ids: the same ones each time, spread over the whole."""
    return sorted(documents, key=lambda each: hashlib.sha256(f"{each.id} {each.lines[:1]}".encode()).digest())[:count]


def words(text: str) -> int:
    """Return the number of words of a text."""
    return len(_WORD.findall(unicodedata.normalize("NFKC", text)))


def _document(line: str, place: str) -> Labelled:
    try:
        data = json.loads(line)
        lines = [(entry["text"], entry["label"]) for entry in data["lines"]]
    except (ValueError, KeyError, TypeError):
        raise ReadError(f'{place}: is not a labelled document, which is {{"id", "site", "url", "lines": [{{"text", "label"}}]}}') from None
    texts, labels = zip(*lines, strict=True) if lines else ((), ())
    properties = {key: value for key, value in data.items() if key != "lines"}
    return Labelled(str(data.get("id", place)), str(data.get("site", "")), data.get("url"), texts, labels, properties)
