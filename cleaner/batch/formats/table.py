"""CSV and TSV with a header: a row that does not change keeps its bytes, one that does its other cells."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath
from typing import Any, BinaryIO, Literal

from cleaner.batch import streams
from cleaner.batch.formats.chunking import chunked
from cleaner.batch.formats.guessing import guess
from cleaner.batch.model import Bad, Blank, Chunk, Fields, Limits, Work
from cleaner.errors import ReadError

_TABS = {".tsv", ".tab"}
_DELIMITERS = ",;\t|"
_LOOKED_AT = 20


@dataclass(frozen=True, slots=True)
class Head:
    """The names of the columns, and what is between cells."""

    names: tuple[str, ...]
    delimiter: str


@dataclass(slots=True)
class TableRow:
    """One row; ``raw_row`` is how it stands in its file."""

    number: int
    id: str
    url: str | None
    kind: str
    data: str
    raw_row: str
    cells: list[str]
    head: Head
    target: str
    metadata: Mapping[str, str] = field(default_factory=dict)

    def unchanged(self) -> str:
        return self.raw_row

    def render(self, text: str, raw: str = "") -> str:
        if raw:
            return raw
        cells = list(self.cells)
        cells[self.head.names.index(self.target)] = text
        stripped = self.raw_row.rstrip("\r\n")
        out = io.StringIO()
        all_quoted = stripped.count('"') >= 2 * len(cells) and stripped.startswith('"') and stripped.endswith('"')
        quoting: Literal[0, 1] = csv.QUOTE_ALL if all_quoted else csv.QUOTE_MINIMAL
        csv.writer(out, delimiter=self.head.delimiter, quoting=quoting, lineterminator=self.raw_row[len(stripped) :]).writerow(cells)
        return out.getvalue()

    def raw(self, text: str) -> str:
        return "" if replace(self, raw_row=self.render(text)).render(self.data) == self.raw_row else self.raw_row

    def others(self) -> dict[str, Any]:
        return {name: cell for name, cell in zip(self.head.names, self.cells, strict=True) if name != self.target}


class _Table:
    """Unit 1 is the header, which passes as it is; rows are numbered by unit, so that the first row is record 2."""

    def chunks(self, stream: BinaryIO, name: str, limits: Limits, skip: int) -> Iterator[Chunk]:
        rows = _Rows(stream, limits.document)
        first = rows.line()
        if not first:
            return
        header = _decoded(first)
        if "\0" in header or not _is_text(header):
            raise ReadError(f"{name}: is no table in UTF-8: its first line is not text")
        delimiter = _delimiter(header, name)
        cells = next(csv.reader([header.removeprefix("\ufeff")], delimiter=delimiter), [])
        head = Head(tuple(cells), delimiter)
        if len(set(cells)) < len(cells):
            raise ReadError(f"{name}: two columns of the header have the same name: {', '.join(cells)}")
        yield from chunked(rows.all(first, delimiter), limits, skip, name, head)

    def guess(self, chunk: Chunk, given: Fields, name: str, to: str = "") -> Fields:
        rows = [item[1] for item in chunk.items[1 : _LOOKED_AT + 1] if not isinstance(item, Bad)]
        # A row may be too short, the header is not.
        blank = dict.fromkeys(chunk.head.names, "")
        samples = [{**blank, **dict(zip(chunk.head.names, row, strict=False))} for row in rows] or [blank]
        fields = guess(samples, given, name)
        if fields.html and not fields.text and "text" not in chunk.head.names and not to:
            raise ReadError(
                f'{name}: has no column for the text of the pages in "{fields.html}"; name one with --text-field, or use --to jsonl'
            )
        return fields

    def records(self, work: Work) -> Iterator[TableRow | Bad | Blank]:
        head: Head = work.chunk.head
        fields = work.fields
        for number, item in enumerate(work.chunk.items, work.chunk.first):
            if isinstance(item, Bad):
                yield item
                continue
            raw, cells = item
            if number == 1 or not cells:
                yield Blank(raw)
                continue
            if len(cells) != len(head.names):
                yield Bad(f"has {len(cells)} cells where the header has {len(head.names)}")
                continue
            values = dict(zip(head.names, cells, strict=True))
            kind = "html" if values.get(fields.html) else "text"
            data = values.get(fields.html if kind == "html" else fields.text, "")
            if not _is_text(data):
                yield Bad("is not UTF-8")
                continue
            yield TableRow(
                number, values.get(fields.id) or f"{work.source}:{number}", values.get(fields.url) or None, kind, data, raw, cells, head,
                fields.text or "text",
            )  # fmt: skip

    def join(self, pieces: list[str], work: Work, compression: str) -> bytes:
        return streams.pack("".join(pieces).encode("utf-8", "surrogateescape"), compression)


FORMAT = _Table()


class _Rows:
    """The rows of a table with the lines that each of them took."""

    def __init__(self, stream: BinaryIO, limit: int) -> None:
        self._lines = streams.lines(stream, limit)
        self._limit = limit
        self._taken: list[str] = []
        self._size = 0

    def line(self) -> bytes:
        """Return the first line."""
        line = next(self._lines, b"")
        if isinstance(line, int):
            raise ReadError(f"the header has {line:,} bytes: this is no table")
        return line

    def all(self, first: bytes, delimiter: str) -> Iterator[tuple[Any, int]]:
        """Yield (raw row, cells) with sizes, the header first."""
        csv.field_size_limit(self._limit)
        yield (_decoded(first), []), len(first)
        while True:
            # A fault leaves the reader in the middle of a cell: another goes on with the next line.
            reader = csv.reader(self._text(), delimiter=delimiter)
            try:
                for cells in reader:
                    yield ("".join(self._taken), cells), self._size
                    self._taken, self._size = [], 0
            except csv.Error as error:
                yield Bad(f"is no valid row: {error}"), 0
                self._taken, self._size = [], 0
            except ReadError as error:
                yield Bad(str(error)), 0
                self._taken, self._size = [], 0
            else:
                return

    def _text(self) -> Iterator[str]:
        for line in self._lines:
            size = line if isinstance(line, int) else len(line)
            self._size += size
            if isinstance(line, int) or self._size > self._limit:
                raise ReadError(
                    f"the row has {self._size:,} bytes or more, above the {self._limit:,} allowed (--max-document); is a quote left open?"
                )
            text = _decoded(line)
            self._taken.append(text)
            yield text


def _decoded(line: bytes) -> str:
    return line.decode("utf-8", "surrogateescape")


def _is_text(decoded: str) -> bool:
    return not any("\udc80" <= character <= "\udcff" for character in decoded)


def _delimiter(header: str, name: str) -> str:
    if PurePosixPath(name.removesuffix(".gz").removesuffix(".zst")).suffix.lower() in _TABS:
        return "\t"
    return max(_DELIMITERS, key=header.count)
