"""Sources to texts, each with the group that its lines are counted in; pages are extracted once and kept for the second reading."""

from __future__ import annotations

import json
import re
import zlib
from collections.abc import Callable, Iterator, Sequence
from enum import Enum
from pathlib import Path, PurePosixPath
from typing import Any

from cleaner.batch import streams
from cleaner.batch.formats import files, format_of
from cleaner.batch.formats.guessing import value_of
from cleaner.batch.model import Bad, Blank, Chunk, Entry, Fields, Limits, Record, Work
from cleaner.batch.sources import STDIN, Sources
from cleaner.batch.tally import site_of
from cleaner.batch.work import document
from cleaner.errors import CleanError, ConfigError, ReadError
from cleaner.mining.model import Text
from cleaner.types import Document

Extract = Callable[..., Document]


class By(str, Enum):
    """What makes documents a group."""

    site = "site"
    dir = "dir"
    field = "field"
    regex = "regex"


class SourceCorpus:
    """The documents of files, folders and globs, as ``clean batch`` reads them.

    ``by`` is ``site``, ``dir``, or ``field`` or ``regex`` with ``of``: the name of a field, or a pattern that is searched in the
    address or else the id, whose first group (or all of it) names the group. ``spill`` is a folder for the texts of
    pages. Raises ``ConfigError`` for standard input, which cannot be read twice.
    """

    def __init__(
        self, names: Sequence[str], extract: Extract, spill: Path, by: By = By.site, of: str = "", fields: Fields | None = None
    ) -> None:
        if STDIN in names:
            raise ConfigError("mining reads its sources twice: save standard input to a file and name that")
        if by in (By.field, By.regex) and not of:
            raise ConfigError(f"--group-by {by.value} wants a name or a pattern: --group-by {by.value}:...")
        self._sources = Sources(names)
        self._extract = extract
        self._by = by
        self._of = of
        self._fields = fields or Fields()
        self._spill = _Spill(spill / "pages")
        self.failed = 0
        self.bytes = 0
        self._again = False
        try:
            self._search = re.compile(of).search if by is By.regex else None
        except re.error as error:
            raise ConfigError(f"--group-by regex: is not a valid pattern: {error}") from None

    def __call__(self) -> Iterator[Text]:
        """Yield the documents; what cannot be read is counted in ``failed``, the first time."""
        self._spill.rewind()
        for entry in self._sources:
            for record in self._records(entry):
                made = self._made(record, entry)
                if made:
                    yield made
        self._again = True

    def _made(self, record: Record | Bad, entry: Entry) -> Text | None:
        if isinstance(record, Bad):
            self.failed += not self._again
            return None
        page: str | bytes | None = None
        if record.kind == "none":
            return None
        if record.kind == "text":
            made: Document | None = Document(record.id, str(record.data), record.url)
        else:
            pages: list[str | bytes] = []

            def extract(data: str | bytes, url: str | None = None, title: bool = True, document_id: str = "") -> Document:
                pages.append(data)
                if self._again:
                    kept = self._spill.next(document_id)
                    if kept is None:
                        raise ReadError(f"{document_id}: had no text")
                    return kept
                return self._extract(data, url, title, document_id)

            try:
                made = document(record, extract)
            except Exception:
                # A document that cannot be read or extracted is one less to learn from.
                self.failed += not self._again
                made = None
            page = pages[0] if pages else None
            if page is not None and not self._again:
                self._spill.add(made)
        if made is None:
            return None
        self.bytes += 0 if self._again else len(made.text)
        site = site_of(made.url)
        return Text(made.id or entry.name, made.text, self._group(made, record, entry, site), made.url, site, page)

    def _group(self, made: Document, record: Record, entry: Entry, site: str) -> str:
        if self._by is By.site:
            return site
        if self._by is By.dir:
            name = record.id if entry.format in ("files", "tar", "zip") else entry.name
            return str(PurePosixPath(name).parent)
        if self._by is By.field:
            found = value_of(record.others(), self._of)
            return "" if found is None else str(found)
        match = self._search(made.url or made.id) if self._search else None
        return "" if match is None else match[1] if match.re.groups else match[0]

    def _records(self, entry: Entry) -> Iterator[Record | Bad]:
        limits = Limits()
        if entry.format == "files":
            yield from self._of_chunk(files.loose([entry], 1, limits), entry, Fields())
            return
        form = format_of(entry.format)
        fields: Fields | None = None
        try:
            with streams.open_stream(Path(entry.path), entry.compression) as stream:
                for chunk in form.chunks(stream, entry.name, limits, 0):
                    fields = fields or form.guess(chunk, self._fields, entry.name)
                    yield from self._of_chunk(chunk, entry, fields)
        except (CleanError, *streams.DAMAGED) as error:
            yield Bad(f"{entry.name}: cannot be read: {error}")

    def _of_chunk(self, chunk: Chunk, entry: Entry, fields: Fields) -> Iterator[Record | Bad]:
        # Columns beside the text are read only for an output of another format.
        to = "jsonl" if self._by is By.field else ""
        work = Work(chunk, entry.format, entry.name if entry.format != "files" else "", "", to, "", fields, (0, 0))
        for record in format_of(entry.format).records(work):
            if not isinstance(record, Blank):
                yield record


class _Spill:
    """Texts of pages on disk, in order: written the first time, read the second."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._pending: list[bytes] = []
        self._size = 0
        self._lines: Iterator[dict[str, Any] | None] | None = None

    def add(self, made: Document | None) -> None:
        """Keep the text of the next page; None: it had none."""
        kept = None if made is None else {"id": made.id, "text": made.text, "url": made.url}
        self._pending.append(json.dumps(kept).encode() + b"\n")
        self._size += len(self._pending[-1])
        if self._size > 1 << 20:
            self._flush()

    def next(self, document_id: str) -> Document | None:
        """Return the next page's text, as it was kept."""
        kept = next(self._lines, None) if self._lines else None
        return Document(kept["id"] or document_id, kept["text"], kept["url"]) if kept else None

    def rewind(self) -> None:
        """Begin at the first page again."""
        self._flush()
        self._lines = self._read()

    def _flush(self) -> None:
        if self._pending:
            data = zlib.compress(b"".join(self._pending), 1)
            with self._path.open("ab") as file:
                file.write(len(data).to_bytes(8, "big") + data)
            self._pending, self._size = [], 0

    def _read(self) -> Iterator[dict[str, Any] | None]:
        if not self._path.exists():
            return
        with self._path.open("rb") as file:
            while head := file.read(8):
                for line in zlib.decompress(file.read(int.from_bytes(head, "big"))).splitlines():
                    yield json.loads(line)
