"""Files of one document each: loose ones, and those in tar and zip archives, which become folders."""

from __future__ import annotations

import io
import os
import tarfile
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, BinaryIO

from cleaner.batch import streams
from cleaner.batch.formats.chunking import chunked
from cleaner.batch.model import Bad, Chunk, Entry, Fields, Limits, Work
from cleaner.readers import PageReader, Source, read_bytes
from cleaner.types import Document
from cleaner.writers import encoded

_DOCUMENTS = {".txt", ".text", ".md", ".html", ".htm", ".xhtml"}
_READ = 1 << 18


@dataclass(slots=True)
class FileRecord:
    """One file, its compression undone. ``path`` is where a loose one lies; ``source`` is set by who reads it."""

    number: int
    id: str
    name: str
    compression: str
    data: bytes
    url: str | None = None
    kind: str = "file"
    metadata: Mapping[str, str] = field(default_factory=dict)
    path: str = ""
    source: Source | None = None

    def unchanged(self) -> tuple[str, bytes]:
        return self._out_name(), streams.pack(self.data, self.compression)

    def render(self, text: str, raw: str = "") -> tuple[str, bytes]:
        source = self.source or read_bytes(self.data, self.name)
        return self._out_name(), streams.pack(encoded(text, source), self.compression)

    def raw(self, text: str) -> str:
        return ""

    def others(self) -> dict[str, Any]:
        return {"id": self.name, "url": self.url}

    def written(self) -> dict[str, str]:
        """Return how the file was written, where that is not UTF-8 with LF."""
        source = self.source or read_bytes(self.data, self.name)
        how = {"encoding": source.encoding, "line_end": source.newline}
        return {} if how == {"encoding": "utf-8", "line_end": "\n"} else how

    def _out_name(self) -> str:
        """Return what the output is called: a page becomes a text, and its name says so."""
        suffix = streams.SUFFIX[self.compression]
        if self.source is None or self.source.kind != "html":
            return self.name + suffix
        ending = ".txt"
        # Another file may be called so already, and goes by its own name.
        while self.path and os.path.lexists(streams.split_ending(self.path)[0] + ending + suffix):
            ending = f".page{ending}"
        return self.name + ending + suffix


class _Files:
    """Items are (name, compression, content); the name is that of the output, a content that is a text the path of a loose file."""

    def chunks(self, stream: BinaryIO, name: str, limits: Limits, skip: int) -> Iterator[Chunk]:
        """Yield the files of an archive."""
        members = _zip(stream, limits) if PurePosixPath(name).suffix == ".zip" else _tar(stream, limits)
        return chunked(_items(members, name, limits), limits, skip, name)

    def guess(self, chunk: Chunk, given: Fields, name: str, to: str = "") -> Fields:
        return Fields()

    def records(self, work: Work) -> Iterator[FileRecord | Bad]:
        for number, item in enumerate(work.chunk.items, work.chunk.first):
            name, compression, content = item
            path = content if isinstance(content, str) else ""
            if isinstance(content, str):
                content = _unpacked(_content(content, work.chunk.head), compression, work.chunk.head)
            if isinstance(content, Bad):
                yield Bad(content.message, name)
            else:
                yield FileRecord(number, name, name, compression, content, path=path)

    def join(self, pieces: list[Any], work: Work, compression: str) -> bytes:
        raise AssertionError("files are written one by one")


FORMAT = _Files()


def _items(members: Iterator[tuple[str, bytes | Bad]], name: str, limits: Limits) -> Iterator[tuple[Any, int]]:
    try:
        for member, content in members:
            plain, compression = streams.split_ending(member)
            size = 0 if isinstance(content, Bad) else len(content)
            yield (f"{name}/{plain}", compression, _unpacked(content, compression, limits.document)), size
    except (tarfile.TarError, zipfile.BadZipFile) as error:
        raise EOFError(str(error)) from None


def loose(entries: list[Entry], first: int, limits: Limits) -> Chunk:
    """Return a chunk of loose files, each to be read when its turn comes."""
    items = [(streams.split_ending(entry.name)[0], entry.compression, entry.path) for entry in entries]
    return Chunk(items, first, len(items), sum(entry.size for entry in entries), limits.document)


def read(record: FileRecord, url: str | None = None, page: PageReader | None = None) -> Document:
    """Return the document in the file; raises ``ReadError``."""
    record.source = read_bytes(record.data, record.name, "auto", url, page)
    return record.source.document


def _content(path: str, most: int) -> bytes | Bad:
    """Return what a file holds, unless that is more than ``most`` bytes."""
    try:
        # With as few calls of the system as there can be: for a small file they are most of the work.
        file = os.open(path, os.O_RDONLY)
        try:
            size = os.fstat(file).st_size
            if size > most:
                return _too_large(size, most)
            content = os.read(file, size + 1)
            while len(content) != size and len(content) <= most and (more := os.read(file, _READ)):
                content += more
            return content if len(content) <= most else _too_large(len(content), most)
        finally:
            os.close(file)
    except OSError as error:
        return Bad(f"cannot be read: {error.strerror or error}")


def _unpacked(content: bytes | Bad, compression: str, most: int) -> bytes | Bad:
    """Return the content with its compression undone, unless that is more than ``most`` bytes."""
    if isinstance(content, Bad) or not compression:
        return content
    try:
        plain = streams.open_stream(io.BytesIO(content), compression).read(most + 1)
    except streams.DAMAGED as error:
        return Bad(f"the {compression} stream is damaged: {error}")
    return plain if len(plain) <= most else _too_large(len(plain), most)


def _too_large(size: int, most: int) -> Bad:
    return Bad(f"has {size:,} bytes or more, above the {most:,} allowed (--max-document)")


def _tar(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, bytes | Bad]]:
    with tarfile.open(fileobj=stream, mode="r|") as archive:
        for member in archive:
            if member.isfile() and _is_document(member.name):
                content = archive.extractfile(member) if member.size <= limits.document else None
                yield _inside(member.name), content.read() if content else _too_large(member.size, limits.document)


def _zip(stream: BinaryIO, limits: Limits) -> Iterator[tuple[str, bytes | Bad]]:
    with zipfile.ZipFile(stream) as archive:
        for member in archive.infolist():
            if not member.is_dir() and _is_document(member.filename):
                name = _inside(member.filename)
                if member.file_size > limits.document:
                    yield name, _too_large(member.file_size, limits.document)
                    continue
                try:
                    with archive.open(member) as content:
                        # The size that the archive states need not be true.
                        data = content.read(limits.document + 1)
                    yield name, data if len(data) <= limits.document else _too_large(len(data), limits.document)
                except (zipfile.BadZipFile, RuntimeError, NotImplementedError, *streams.DAMAGED) as error:
                    yield name, Bad(f"cannot be read from its archive: {error}")


def _is_document(name: str) -> bool:
    return PurePosixPath(streams.split_ending(name)[0]).suffix.lower() in _DOCUMENTS


def _inside(name: str) -> str:
    """Return the member's path without what would lead out of the folder that the archive becomes."""
    parts = [part for part in PurePosixPath(name.replace("\\", "/")).parts if part not in ("/", "..", ".")]
    return "/".join(parts)
