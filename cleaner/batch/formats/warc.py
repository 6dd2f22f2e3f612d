"""WARC and WET. Pages of a WARC become the texts of a WET; in a WET the texts are replaced and other records pass."""

from __future__ import annotations

import re
from base64 import b32encode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from hashlib import sha1
from typing import Any, BinaryIO
from uuid import NAMESPACE_URL, uuid5

from cleaner.batch import streams
from cleaner.batch.formats.chunking import chunked
from cleaner.batch.model import Bad, Blank, Chunk, Fields, Limits, Work
from cleaner.errors import ReadError
from cleaner.html.source import decode

_PAGES = ("text/html", "application/xhtml+xml")
_CHARSET = re.compile(r"charset=[\"']?([\w.:-]+)", re.IGNORECASE)
_READ = 1 << 16
#: Headers that are others for the text of a page than for the page.
_FROM_PAGE = ("warc-type", "content-type", "warc-record-id")


@dataclass(slots=True)
class WarcText:
    """One record with a text or a page. ``headers`` are those of the WARC record."""

    number: int
    id: str
    url: str | None
    kind: str
    data: str
    headers: list[tuple[str, str]]
    content: bytes
    metadata: Mapping[str, str] = field(default_factory=dict)

    def unchanged(self) -> bytes:
        return _written(self.headers, self.content)

    def render(self, text: str, raw: str = "") -> bytes:
        content = text.encode("utf-8", "replace")
        return _written(_about(self.headers, content, self.id if self.kind == "html" else ""), content)

    def raw(self, text: str) -> str:
        return ""

    def others(self) -> dict[str, Any]:
        known = {name.lower(): value for name, value in self.headers}
        return {"date": known["warc-date"]} if "warc-date" in known else {}


class _Warc:
    def chunks(self, stream: BinaryIO, name: str, limits: Limits, skip: int) -> Iterator[Chunk]:
        return chunked(_records(stream, name, limits), limits, skip, name)

    def guess(self, chunk: Chunk, given: Fields, name: str, to: str = "") -> Fields:
        return Fields()

    def records(self, work: Work) -> Iterator[WarcText | Bad | Blank]:
        for number, item in enumerate(work.chunk.items, work.chunk.first):
            if isinstance(item, Bad):
                yield item
                continue
            type_, headers, charset, is_page, content = item
            known = {name.lower(): value for name, value in headers}
            if type_ == "conversion":
                kind = "text"
            elif is_page:
                kind = "html"
            else:
                # What belongs to the pages of a WARC (requests, images) has no place among their texts.
                yield Blank(_written(headers, content) if type_ == "warcinfo" or ".wet" in work.source else b"")
                continue
            try:
                data = content.decode("utf-8") if kind == "text" else _page(content, charset)
            except UnicodeDecodeError as error:
                yield Bad(f"is not UTF-8: byte {error.start + 1} of its text is wrong")
                continue
            yield WarcText(
                number, known.get("warc-record-id", f"{work.source}:{number}"), known.get("warc-target-uri"), kind, data, headers, content
            )

    def join(self, pieces: list[bytes], work: Work, compression: str) -> bytes:
        # A WARC is compressed record by record, so that readers can go to any of them.
        return b"".join(streams.pack(piece, compression) for piece in pieces)


FORMAT = _Warc()


def _records(stream: BinaryIO, name: str, limits: Limits) -> Iterator[tuple[Any, int]]:
    warc = streams.needed("fastwarc.warc", "WARC files")
    read = 0
    for record in warc.ArchiveIterator(stream, parse_http=True, auto_decode="all"):
        read += 1
        http = {key.lower(): value for key, value in (record.http_headers.items() if record.http_headers else ())}
        content_type = (record.http_content_type or http.get("content-type") or "").lower()
        content = _content(record.reader, limits.document)
        if len(content) > limits.document:
            yield Bad(f"has more than the {limits.document:,} bytes allowed (--max-document)", record.record_id or ""), 0
            continue
        found = _CHARSET.search(http.get("content-type", ""))
        headers = list(record.headers.items())
        stated = record.headers.get("Content-Length", "")
        if not record.is_http_parsed and stated.isdecimal() and len(content) < int(stated):
            yield Bad("is cut short", record.record_id or ""), len(content)
            continue
        type_ = next((value for key, value in headers if key.lower() == "warc-type"), "unknown")
        is_page = type_ == "response" and content_type.split(";")[0].strip() in _PAGES
        yield (type_, headers, found[1] if found else "", is_page, content), len(content)
    if not read:
        raise ReadError(f"{name}: holds no record of a WARC")


def _content(reader: Any, limit: int) -> bytes:
    """Return what the reader holds, or a little more than ``limit`` bytes of it; it makes room for as much as it is asked for."""
    pieces = []
    size = 0
    while size <= limit and (piece := reader.read(_READ)):
        pieces.append(piece)
        size += len(piece)
    return b"".join(pieces)


def _page(content: bytes, charset: str) -> str:
    """Return the page as text: by the charset that the server named, if it fits, or by what the bytes say."""
    if charset:
        try:
            return content.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return decode(content)


def _written(headers: list[tuple[str, str]], content: bytes) -> bytes:
    """Return a record as the standard has it (ISO 28500), with headers in their order and the same bytes for the same content."""
    lines = "".join(f"{name}: {value}\r\n" for name, value in headers)
    return b"WARC/1.0\r\n" + lines.encode("utf-8", "surrogateescape") + b"\r\n" + content + b"\r\n\r\n"


def _about(headers: list[tuple[str, str]], content: bytes, page: str = "") -> list[tuple[str, str]]:
    """Return the headers for another content; ``page`` is the id of the record that the content was taken from."""
    about = []
    for name, value in headers:
        key = name.lower()
        if key == "content-length":
            value = str(len(content))
        elif key in ("warc-block-digest", "warc-payload-digest"):
            value = "sha1:" + b32encode(sha1(content, usedforsecurity=False).digest()).decode()
        elif page and key in _FROM_PAGE:
            value = {"warc-type": "conversion", "content-type": "text/plain", "warc-record-id": f"<urn:uuid:{uuid5(NAMESPACE_URL, page)}>"}[
                key
            ]
        about.append((name, value))
    return [*about, ("WARC-Refers-To", page)] if page else about
