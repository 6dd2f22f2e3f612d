"""Bytes to documents: what a file is, how it is encoded, and what it says.

A text keeps its encoding and line ends in ``Source``, so that writing it back in place changes
nothing that cleaning did not.
"""

from __future__ import annotations

import codecs
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path, PurePath

from cleaner.errors import ReadError
from cleaner.types import Document

#: What is looked at to tell text from HTML and from binary data.
_SNIFFED = 4096

_HTML_SUFFIXES = {".html", ".htm", ".xhtml", ".shtml", ".mhtml", ".mht"}
_TEXT_SUFFIXES = {".txt", ".text", ".md", ".markdown", ".rst", ".adoc", ".csv", ".log"}
_HTML_START = re.compile(
    rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html|head|body|meta|title|script|link|div|article|section|p|h1|table)[\s>]",
    re.IGNORECASE | re.DOTALL,
)
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
#: Signatures of files that are not text but may lack a NUL byte at the start.
_MAGIC = (b"%PDF-", b"PK\x03\x04", b"\x1f\x8b", b"\x28\xb5\x2f\xfd", b"\x89PNG", b"\xff\xd8\xff", b"GIF8", b"\x7fELF")


#: Turns a page into a document, called with its bytes, its address and the document's id.
PageReader = Callable[[bytes, str | None, str], Document]


@dataclass(frozen=True, slots=True)
class Source:
    """A document with how its file was written: ``kind`` (text or html), encoding and line end."""

    document: Document
    kind: str
    encoding: str
    newline: str


def read_file(path: Path, kind: str = "auto", url: str | None = None, page: PageReader | None = None) -> Source:
    """Return what a file holds; raises ``ReadError`` with what is wrong and what to do. Pages as ``read_bytes`` has them."""
    return read_bytes(content(path), str(path), kind, url, page)


def content(path: Path) -> bytes:
    """Return the bytes of a file; raises ``ReadError`` with what is wrong and what to do."""
    if path.is_dir():
        raise ReadError(f"{path}: is a folder; name its files, or run `clean batch {path} --out DIR`")
    try:
        return path.read_bytes()
    except FileNotFoundError:
        raise ReadError(f"{path}: no such file") from None
    except OSError as error:
        raise ReadError(f"{path}: cannot be read: {error.strerror or error}") from None


def read_bytes(data: bytes, name: str, kind: str = "auto", url: str | None = None, page: PageReader | None = None) -> Source:
    """Return what the bytes hold, decoded and, if they are HTML, extracted.

    ``kind`` is ``text``, ``html`` or ``auto``: by content and name. ``page`` extracts pages; by default the
    shipped rules and profiles do. Raises ``ReadError`` for binary
    and for undecodable data.
    """
    if kind == "auto":
        kind = sniff(data, name)
    if kind == "html":
        # Pages may be UTF-16, and hold stray NULs.
        if not (data.startswith(tuple(bom for bom, _ in _BOMS)) or _HTML_START.match(data[:_SNIFFED])):
            _refuse_binary(data, name)
        return Source((page or _by_default)(data, url, name), "html", "utf-8", "\n")
    text, encoding = decode(data, name)
    return Source(Document(name, text, url), "text", encoding, newline_of(text))


def _by_default(data: bytes, url: str | None, name: str) -> Document:
    from cleaner.extract import extract

    return extract(data, url, document_id=name)


def sniff(data: bytes, name: str = "") -> str:
    """Return ``html`` or ``text``: by the name where its suffix is telling, by the first bytes elsewhere."""
    suffix = PurePath(name).suffix.lower()
    if suffix in _HTML_SUFFIXES:
        return "html"
    start = data[:_SNIFFED]
    for bom, encoding in _BOMS:
        if start.startswith(bom):
            start = start[len(bom) :].decode(encoding.removesuffix("-sig"), "ignore").encode()
            break
    if _HTML_START.match(start):
        # Markdown may open with a tag of HTML; a text file called .txt that is a whole page is a page.
        return "html" if suffix not in _TEXT_SUFFIXES or b"<html" in start[:_SNIFFED].lower() else "text"
    return "text"


def decode(data: bytes, name: str) -> tuple[str, str]:
    """Return the text and the name of its encoding: by its BOM, as UTF-8, or as what the bytes look like."""
    for bom, encoding in _BOMS:
        if data.startswith(bom):
            try:
                return data[len(bom) :].decode(encoding.removesuffix("-sig")), encoding
            except UnicodeDecodeError as error:
                raise ReadError(
                    f"{name}: begins as {encoding} but byte {len(bom) + error.start} does not fit; convert it to UTF-8"
                ) from None
    _refuse_binary(data, name)
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        broken = error.start
    import cchardet

    guess = cchardet.detect(data)
    encoding = (guess["encoding"] or "").lower()
    if encoding and not encoding.startswith("utf") and (guess["confidence"] or 0) >= 0.2:
        try:
            return data.decode(encoding), encoding
        except (UnicodeDecodeError, LookupError):
            pass
    raise ReadError(f"{name}: cannot be decoded (byte {broken} is not UTF-8 and no other encoding fits); convert it to UTF-8")


def newline_of(text: str) -> str:
    """Return the line end that most lines of the text have."""
    crlf = text.count("\r\n")
    lf = text.count("\n") - crlf
    cr = text.count("\r") - crlf
    if crlf > max(lf, cr):
        return "\r\n"
    return "\r" if cr > lf else "\n"


def _refuse_binary(data: bytes, name: str) -> None:
    if b"\0" in data[:_SNIFFED] or data.startswith(_MAGIC):
        raise ReadError(f"{name}: is binary, not text")
