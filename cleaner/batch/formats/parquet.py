"""Parquet: the text column is replaced; other columns, row groups and metadata stay. Batches travel as Arrow's stream format."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from cleaner.batch.formats.guessing import guess, value_of
from cleaner.batch.model import Bad, Chunk, Fields, Limits, Work
from cleaner.batch.streams import needed
from cleaner.errors import ReadError

#: A row group larger than this, in bytes of its columns, is written as several.
_GROUP = 128 << 20
_LOOKED_AT = 20
_DEFAULT_CODEC = "zstd"


@dataclass(slots=True)
class Row:
    """One row. Rendered, it is its place in its batch and its new text; None: the text stays."""

    number: int
    id: str
    url: str | None
    kind: str
    data: str
    at: int
    values: Mapping[str, Any]
    target: str
    metadata: Mapping[str, str] = field(default_factory=dict)

    def unchanged(self) -> tuple[int, str | None]:
        return self.at, None

    def render(self, text: str, raw: str = "") -> tuple[int, str | None]:
        return self.at, text

    def raw(self, text: str) -> str:
        return ""

    def others(self) -> dict[str, Any]:
        return {name: value for name, value in self.values.items() if name != self.target}


class _Parquet:
    def chunks(self, stream: BinaryIO, name: str, limits: Limits, skip: int) -> Iterator[Chunk]:
        pa, pq = needed("pyarrow", "Parquet files"), needed("pyarrow.parquet", "Parquet files")
        try:
            file = pq.ParquetFile(stream)
            about = file.metadata
            codec = about.row_group(0).column(0).compression.lower() if about.num_row_groups and about.num_columns else _DEFAULT_CODEC
            if not about.num_rows:
                yield Chunk([_bytes(pa, pa.RecordBatch.from_pylist([], file.schema_arrow))], 1, 0, 0, {"whole": True, "codec": codec})
            number = 0
            for group in range(about.num_row_groups):
                rows = about.row_group(group).num_rows
                step = _rows(about.row_group(group), limits)
                done = 0
                for batch in file.iter_batches(batch_size=step, row_groups=[group]):
                    done += batch.num_rows
                    number += batch.num_rows
                    if number > skip:
                        yield Chunk(
                            [_bytes(pa, batch)], number - batch.num_rows + 1, batch.num_rows, batch.nbytes,
                            {"whole": done == rows, "codec": codec},
                        )  # fmt: skip
        except (pa.ArrowException, OSError) as error:
            raise ReadError(f"{name}: cannot be read as Parquet: {str(error).splitlines()[0]}") from None

    def guess(self, chunk: Chunk, given: Fields, name: str, to: str = "") -> Fields:
        batch = _batch(chunk.items[0])
        samples = [
            {column: _value(batch.column(column), row)[0] for column in batch.schema.names}
            for row in range(min(batch.num_rows, _LOOKED_AT))
        ]
        return guess(samples, given, name)

    def records(self, work: Work) -> Iterator[Row | Bad]:
        batch = _batch(work.chunk.items[0])
        fields = work.fields
        target = fields.text or "text"
        wanted = {name for name in (fields.text, fields.html, fields.url, fields.id) if name}
        columns = {
            name: batch.column(name)
            for name in batch.schema.names
            if work.to or name in wanted or name.partition(".")[0] in {each.partition(".")[0] for each in wanted}
        }
        for at in range(batch.num_rows):
            number = work.chunk.first + at
            values, wrong = {}, ""
            for name, column in columns.items():
                values[name], error = _value(column, at)
                wrong = wrong or error
            if wrong:
                yield Bad(wrong)
                continue
            url, name = value_of(values, fields.url), value_of(values, fields.id)
            kind = "html" if isinstance(values.get(fields.html), str) else "text"
            data = values.get(fields.html if kind == "html" else fields.text)
            if data is not None and not isinstance(data, str):
                yield Bad(f'its column "{fields.html or fields.text}" holds no text but {type(data).__name__}')
                continue
            yield Row(
                number, f"{work.source}:{number}" if name is None else str(name), url if isinstance(url, str) else None,
                "none" if data is None else kind, data or "", at, values, target,
            )  # fmt: skip

    def join(self, pieces: list[tuple[int, str | None]], work: Work, compression: str) -> bytes:
        batch = _batch(work.chunk.items[0])
        target = work.fields.text or "text"
        if len(pieces) == batch.num_rows and all(text is None for _, text in pieces) and target in batch.schema.names:
            return bytes(work.chunk.items[0])
        pa = needed("pyarrow", "Parquet files")
        return _bytes(pa, with_texts(batch.take(pa.array([at for at, _ in pieces], pa.int64())), target, [text for _, text in pieces]))


FORMAT = _Parquet()


def with_texts(batch: Any, column: str, texts: Sequence[str | None]) -> Any:
    """Return a record batch with new texts in a column, which is added if it is not there; None: the row keeps its own."""
    pa = needed("pyarrow", "Parquet files")
    at = batch.schema.get_field_index(column)
    if at < 0:
        return batch.append_column(pa.field(column, pa.string()), pa.array(texts, pa.string()))
    if all(text is None for text in texts):
        return batch
    old = batch.column(at)
    new = [old[row].as_py() if text is None else text for row, text in enumerate(texts)]
    return batch.set_column(at, batch.schema.field(at), pa.array(new, pa.large_string()).cast(old.type))


def from_rows(rows: Sequence[Mapping[str, Any]]) -> bytes:
    """Return documents of another format as a batch: id, url, text, and all else as JSON."""
    pa = needed("pyarrow", "Parquet files")
    schema = pa.schema([("id", pa.string()), ("url", pa.string()), ("text", pa.large_string()), ("metadata", pa.string())])
    plain = [
        {
            "id": str(row["id"]),
            "url": row.get("url") if isinstance(row.get("url"), str) else None,
            "text": row["text"],
            "metadata": json.dumps(
                {name: value for name, value in row.items() if name not in schema.names}, ensure_ascii=False, default=str
            ),
        }
        for row in rows
    ]
    return _bytes(pa, pa.RecordBatch.from_pylist(plain, schema))


class TableWriter:
    """A Parquet file that grows by batches; row groups end where the source's ended."""

    def __init__(self, path: str) -> None:
        self._path = path
        self._writer: Any = None
        self._batches: list[Any] = []

    def write(self, data: bytes, whole: bool, codec: str = _DEFAULT_CODEC) -> None:
        """Add a batch; ``whole``: a row group ends with it."""
        pa, pq = needed("pyarrow", "Parquet files"), needed("pyarrow.parquet", "Parquet files")
        batch = _batch(data)
        if self._writer is None:
            self._writer = pq.ParquetWriter(self._path, batch.schema, compression="none" if codec == "uncompressed" else codec)
        self._batches.append(batch)
        if whole or sum(each.nbytes for each in self._batches) > _GROUP:
            self._flush(pa)

    def close(self) -> None:
        """Write what is left and the footer."""
        if self._batches:
            self._flush(needed("pyarrow", "Parquet files"))
        if self._writer:
            self._writer.close()

    def _flush(self, pa: Any) -> None:
        table = pa.Table.from_batches(self._batches)
        self._batches = []
        self._writer.write_table(table, row_group_size=max(1, table.num_rows))


def _rows(group: Any, limits: Limits) -> int:
    """Return how many rows of a group make a chunk."""
    each = max(1, group.total_byte_size // max(1, group.num_rows))
    return int(max(1, min(limits.records, limits.chunk // each)))


def _value(column: Any, row: int) -> tuple[Any, str]:
    try:
        return column[row].as_py(), ""
    except (UnicodeDecodeError, ValueError, OverflowError) as error:
        return None, f"cannot be read: {error}"


def _bytes(pa: Any, batch: Any) -> bytes:
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, batch.schema) as writer:
        writer.write_batch(batch)
    return bytes(sink.getvalue())


def _batch(data: bytes) -> Any:
    pa = needed("pyarrow", "Parquet files")
    return pa.ipc.open_stream(data).read_next_batch()
