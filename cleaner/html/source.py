"""Bytes to a parsed page: encodings, saved pages, frames and broken markup."""

from __future__ import annotations

import re
from collections.abc import Sequence
from copy import deepcopy
from email import message_from_bytes, policy
from typing import TYPE_CHECKING

from lxml import etree, html

from cleaner.errors import ReadError
from cleaner.html.tree import Element, body_of

if TYPE_CHECKING:
    from email.message import EmailMessage

#: A page saved as one file begins with the headers of a mail.
_MHTML = re.compile(rb"(?:[\w-]+:[^\n]*\n(?:[ \t][^\n]*\n)*)*?(?:mime-version|content-type):", re.IGNORECASE)
_MHTML_HEAD = 8192
_HTML_TYPES = ("text/html", "application/xhtml+xml")

#: A page of so many characters without any text may have been too much for the parser.
_MUCH = 2_000
#: The parser gives up at a depth of 256 and leaves out what follows.
_DEEPEST = 250
#: Elements that may hold each other without end, by what takes their place where they do.
_INLINE = re.compile(r"</?(?:span|b|i|u|s|em|strong|font|small|big|tt|ins|del|sub|sup|a|abbr|q)\b[^<>]*>", re.IGNORECASE)
_BLOCK = re.compile(
    r"(?:</?(?:div|center|section|article|aside|main|blockquote|ul|ol|li|dl|dt|dd|table|tbody|tr|td|th|form|fieldset|nav|header|footer"
    r"|figure|details|object|noscript)\b[^<>]*>\s*)+",
    re.IGNORECASE,
)
_FRAME_BODY = re.compile(r"</?(?:html|body)\b[^>]*>", re.IGNORECASE)

#: Marks of invisible control characters that end a C string and with it libxml2's reading.
_NUL = re.compile("\0+")


def decode(data: bytes | str) -> str:
    """Return the page's markup as text; a page saved as MHTML gives its main part.

    Raises ``ReadError`` for MHTML that holds no page.
    """
    from trafilatura.utils import decode_file

    if isinstance(data, bytes) and is_mhtml(data):
        data = _main_part(data)
    text: str = decode_file(data)
    return _NUL.sub("", text) if "\0" in text else text


def parse(text: str) -> Element:
    """Return the tree of a page's markup; None: it holds none."""
    from trafilatura import load_html

    if not text or text.isspace():
        return None
    tree = load_html(text)
    if tree is not None and len(text) > _MUCH and (_is_too_deep(tree) or not _has_text(tree)):
        tree = _again(text)
    if tree is None or not isinstance(tree.tag, str):
        return None
    if tree.tag != "html":
        tree = page_of([tree])
    if tree.find(".//frameset") is not None:
        inside = "".join(each.xpath("string()") for each in tree.iter("noframes"))
        return parse(f"<html><body>{_FRAME_BODY.sub('', inside)}</body></html>")
    return tree


def _has_text(tree: Element) -> bool:
    """Return whether anything of the body is text that is no script."""
    for element in body_of(tree).iter():
        if element.tail and not element.tail.isspace():
            return True
        if element.text and not element.text.isspace() and element.tag not in ("script", "style"):
            return True
    return False


def _is_too_deep(tree: Element) -> bool:
    """Return whether the parser stopped for the depth of what it was at, which is then the last element."""
    depth = 0
    while len(tree):
        tree, depth = tree[-1], depth + 1
    return depth >= _DEEPEST


def _again(text: str) -> Element | None:
    """Parse once more a page too large or too deep for the parser: with its limits off, or else without its nesting."""
    tree = _without_limits(text)
    if tree is None or (not _is_too_deep(tree) and _has_text(tree)):
        return tree
    return _without_limits(_BLOCK.sub("<p>", _INLINE.sub("", text)))


def _without_limits(text: str) -> Element | None:
    parser = html.HTMLParser(huge_tree=True, remove_comments=True, remove_pis=True)
    try:
        return html.fromstring(text, parser=parser)
    except (etree.ParserError, ValueError):
        return None


def is_mhtml(data: bytes) -> bool:
    """Return whether the bytes are a page that a browser saved as one file (MHTML)."""
    head = data[:_MHTML_HEAD].lstrip()
    return head[:1].isalpha() and b"<html" not in head[:200].lower() and _MHTML.match(head.replace(b"\r\n", b"\n")) is not None


def _main_part(data: bytes) -> bytes | str:
    message: EmailMessage = message_from_bytes(data.lstrip(), policy=policy.default)
    parts = [part for part in message.walk() if part.get_content_type() in _HTML_TYPES]
    if not parts:
        raise ReadError("is a saved page (MHTML) without HTML in it; save it again as a web page")
    start = message.get_param("start") if message.is_multipart() else None
    chosen = next((part for part in parts if start and part.get("content-id") == start), parts[0])
    payload = chosen.get_payload(decode=True)
    if not isinstance(payload, bytes):
        return ""
    charset = chosen.get_content_charset()
    if charset:
        try:
            return payload.decode(charset)
        except (LookupError, UnicodeDecodeError):
            pass
    return payload


def page_of(elements: Sequence[Element]) -> Element:
    """Return a page that holds copies of the elements and nothing else."""
    page, body = html.Element("html"), html.Element("body")
    page.append(body)
    for element in elements:
        twin = deepcopy(element)
        twin.tail = None
        body.append(twin)
    return page
