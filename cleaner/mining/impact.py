"""What a change of rules does to a corpus: what goes that stayed, and what stays that went."""

from __future__ import annotations

import io
import subprocess
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cleaner.errors import CleanError, ConfigError
from cleaner.loading import load
from cleaner.mining.model import Text
from cleaner.pipeline import Cleaner
from cleaner.report import counted, excerpt
from cleaner.types import Cleaned, Document

SHIPPED = "shipped"
#: In place of a rule's id: pages come out of extraction with other lines.
PAGES = "(extraction)"
_SAMPLES = 5
#: A folder that holds this file is a whole library and stands alone.
_LIBRARY = "conditions.toml"


@dataclass(slots=True)
class Change:
    """Pieces of text that one rule removes or gives back, in code points, with samples."""

    pieces: int = 0
    characters: int = 0
    samples: list[tuple[str, str]] = field(default_factory=list)

    def add(self, document: str, text: str) -> None:
        """Count a piece."""
        self.pieces += 1
        self.characters += len(text)
        if len(self.samples) < _SAMPLES and text not in [each for _, each in self.samples]:
            self.samples.append((document, text))


@dataclass(slots=True)
class Impact:
    """The change over a corpus: by rule, what is newly removed (by the new rules) and restored (which the old ones removed)."""

    documents: int = 0
    changed: int = 0
    failed: int = 0
    characters: int = 0
    removed: dict[str, Change] = field(default_factory=dict)
    restored: dict[str, Change] = field(default_factory=dict)

    @property
    def share(self) -> float:
        """What is newly removed, as a share of all characters."""
        return sum(change.characters for change in self.removed.values()) / self.characters if self.characters else 0.0


def rules(name: str, folder: Path, profile: str = "safe") -> Cleaner:
    """Return the rules that a name stands for: ``shipped``, a rule file or folder on top of these, a whole library, or a git revision.

    ``folder`` takes the rules of a revision. Raises ``ConfigError`` for a name that is none of these and ``RuleError``.
    """
    path = Path(name)
    if name == SHIPPED:
        return Cleaner(load(), profile=profile)
    if path.exists():
        whole = path.is_dir() and (path / _LIBRARY).is_file()
        return Cleaner(load([path], shipped=not whole), profile=profile)
    return rules(str(_of_revision(name, folder)), folder, profile)


def compare(old: Cleaner, new: Cleaner, texts: Iterable[Text]) -> Impact:
    """Return what changes on the documents from the old rules to the new; pages are extracted by either."""
    impact = Impact()
    for text in texts:
        impact.documents += 1
        try:
            before, after = (cleaner.clean(_document(text, cleaner)) for cleaner in (old, new))
        except CleanError:
            impact.failed += 1
            continue
        impact.characters += len(before.document.text)
        same = before.document.text == after.document.text
        removed = list(_only(after, before) if same else _lines_only(before, after))
        restored = list(_only(before, after) if same else _lines_only(after, before))
        for changes, pieces in ((impact.removed, removed), (impact.restored, restored)):
            for rule, piece in pieces:
                changes.setdefault(rule, Change()).add(text.id, piece)
        impact.changed += bool(removed or restored)
    return impact


def report(impact: Impact) -> Iterator[str]:
    """Yield the change as lines: counts, then each rule with samples."""
    yield (
        f"{counted(impact.documents, 'document')}, {impact.changed:,} changed, {impact.failed:,} failed; "
        f"{_total(impact.removed):,} of {impact.characters:,} characters newly removed ({impact.share:.3%}), "
        f"{_total(impact.restored):,} restored"
    )
    for title, changes in (("newly removed", impact.removed), ("restored", impact.restored)):
        if changes:
            yield f"{title}:"
        for rule, change in sorted(changes.items(), key=lambda entry: (-entry[1].characters, entry[0])):
            yield f"{change.characters:10,}  {rule} ({change.pieces:,} pieces)"
            for document, text in change.samples:
                yield f"            {document}: {excerpt(text)}"


def record(impact: Impact) -> dict[str, Any]:
    """Return the change as JSON can hold it."""
    return {
        "documents": impact.documents,
        "changed": impact.changed,
        "failed": impact.failed,
        "characters": impact.characters,
        "share": impact.share,
        **{name: {rule: _record(each) for rule, each in sorted(getattr(impact, name).items())} for name in ("removed", "restored")},
    }


def share_of(text: str) -> float:
    """Return a share that is written as ``0.1%`` or ``0.001``; raises ``ConfigError``."""
    number, percent = (text[:-1], 100) if text.endswith("%") else (text, 1)
    try:
        share = float(number) / percent
    except ValueError:
        share = -1
    if not 0 <= share <= 1:
        raise ConfigError(f'"{text}" is no share: write 0.1% or 0.001')
    return share


def _record(change: Change) -> dict[str, Any]:
    return {
        "pieces": change.pieces,
        "characters": change.characters,
        "samples": [{"document": document, "text": text} for document, text in change.samples],
    }


def _total(changes: dict[str, Change]) -> int:
    return sum(change.characters for change in changes.values())


def _only(these: Cleaned, others: Cleaned) -> Iterator[tuple[str, str]]:
    """Yield what the one removes and the other does not, with the rule."""
    text = these.document.text
    taken = bytearray(len(text))
    for removal in others.removals:
        taken[removal.start : removal.end] = b"\1" * (removal.end - removal.start)
    for removal in these.removals:
        left = [text[at] for at in range(removal.start, removal.end) if not taken[at]]
        piece = "".join(left).strip()
        if piece:
            yield removal.rule, piece


def _document(text: Text, cleaner: Cleaner) -> Document:
    if text.page is None:
        return Document(text.id, text.text, text.url)
    return cleaner.extract(text.page, text.url, document_id=text.id)


def _lines_only(these: Cleaned, others: Cleaned) -> Iterator[tuple[str, str]]:
    """Yield the lines of one result that the other lacks, where the rules for pages gave different texts to begin with."""
    left = Counter(these.text.split("\n")) - Counter(others.text.split("\n"))
    for line in left.elements():
        if line.strip():
            yield PAGES, line


def _of_revision(name: str, folder: Path) -> Path:
    """Write the rules of a git revision, ``REVISION`` or ``REVISION:PATH``, into the folder and return where they are."""
    revision, _, path = name.partition(":")
    path = path or "rules"
    try:
        inside = _git("rev-parse", "--verify", "--quiet", f"{revision}^{{commit}}")
        packed = _git("archive", "--format=zip", inside.decode().strip(), "--", path)
    except (OSError, subprocess.CalledProcessError):
        raise ConfigError(
            f'"{name}": is neither a rule file, nor a folder, nor a git revision with {path}/ in it (or write {SHIPPED})'
        ) from None
    target = folder / "".join(character if character.isalnum() else "-" for character in name)
    with zipfile.ZipFile(io.BytesIO(packed)) as archive:
        archive.extractall(target)
    return target / path


def _git(*arguments: str) -> bytes:
    top: Sequence[str] = ("git", *arguments)
    return subprocess.run(top, capture_output=True, check=True).stdout  # noqa: S603
