"""Unicode and white space: plain text in one form, the same however often it is applied.

Two layers. ``characters`` settles what each character is (line ends, odd spaces, invisible and
control characters, NFC) and can say where each came from; rules look at its result, so that a
zero-width space inside a phrase does not hide it. ``tidy`` settles the space between lines and
comes last, when the junk is cut.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from functools import cache
from typing import TypeAlias

import regex

from cleaner.charset import replaced, unusual

_SPACES = "\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000"
#: Zero-width space, word joiner, BOM, soft hyphen, bidi marks, invisible operators, interlinear marks.
#: U+200C and U+200D stay: Persian, the Indic scripts and emoji need them.
_INVISIBLE = "\u200b\u2060-\u2064\ufeff\u00ad\u180e\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069\u206a-\u206f\ufff9-\ufffb"
_CONTROLS = "\x00-\x08\x0e-\x1f\x7f\x81\x8d\x8f\x90\x9d"
#: Windows-1252 prints these; texts that were read as Latin-1 hold them as control characters, and browsers print them all the same.
_WINDOWS = {
    character: character.encode("latin-1").decode("cp1252")
    for character in map(chr, (0x80, *range(0x82, 0x85), *range(0x86, 0x8D), 0x8E, *range(0x91, 0x9D), 0x9E, 0x9F))
}
_LINE_ENDS = "\r\n|[\r\x0b\x0c\x85\u2028\u2029]"

_ODD = re.compile(f"[\r\x0b\x0c\x7f-\x9f\u2028\u2029{_SPACES}{_INVISIBLE}{_CONTROLS}]")
_TOKENS = re.compile(f"({_LINE_ENDS})|[{_INVISIBLE}{_CONTROLS}]")
#: What goes, or may be one of two characters that become one.
_SHIFTING = re.compile(f"[\r{_INVISIBLE}{_CONTROLS}]")
#: What every other one becomes, but for line ends beside which a carriage return may stand.
_ALIKE = {**_WINDOWS, **dict.fromkeys(map(chr, (0xA0, 0x1680, *range(0x2000, 0x200B), 0x202F, 0x205F, 0x3000)), " ")}
_PLAIN = {**_ALIKE, **dict.fromkeys("\x0b\x0c\x85\u2028\u2029", "\n")}
_BLANK_RUN = re.compile(r"\n{3,}")
_LEADING_BLANK = re.compile(r"\A(?:[ \t]*\n)+")

#: Maps an offset into the settled text to one into the original; None: they are the same.
Offsets: TypeAlias = "array[int] | None"


def normalize(text: str) -> str:
    """Return ``text`` as NFC with LF line ends, plain spaces, no invisible characters and tidy blank lines."""
    return tidy(characters(text)[0])


def characters(text: str) -> tuple[str, Offsets]:
    """Return ``text`` with every character settled, and where each came from.

    The offsets hold one entry for each code point of the result and one for its end; None: all are the same.
    """
    held = unusual(text)
    if not held or (not _ODD.search("".join(held)) and (not any(map(_composes, held)) or unicodedata.is_normalized("NFC", text))):
        return text, None
    settled: str
    offsets: Offsets
    if not _SHIFTING.search("".join(held)):
        # One character for another: every offset stays what it was.
        settled, offsets = replaced(text, _PLAIN), None
    else:
        settled, offsets = _shifted(replaced(text, _ALIKE))
    if not unicodedata.is_normalized("NFC", settled):
        settled, offsets = _compose(settled, offsets if offsets is not None else array("q", range(len(text) + 1)))
    return settled, offsets


def tidy(text: str) -> str:
    """Return ``text`` without trailing space, leading blank lines or runs of blank lines, with one final newline."""
    if " \n" in text or "\t\n" in text or text.endswith((" ", "\t")):
        text = "\n".join([line.rstrip(" \t") for line in text.split("\n")])
    if text[:1] in "\n \t":
        text = _LEADING_BLANK.sub("", text)
    if "\n\n\n" in text:
        text = _BLANK_RUN.sub("\n\n", text)
    text = text.rstrip("\n")
    return text + "\n" if text else ""


def fix_encoding(text: str) -> str:
    """Return ``text`` with mojibake repaired by ftfy and nothing else changed (quotes stay curly)."""
    import ftfy

    return ftfy.fix_encoding(text)


def _shifted(text: str) -> tuple[str, array[int]]:
    pieces: list[str] = []
    offsets = array("q")
    position = 0
    for match in _TOKENS.finditer(text):
        start, end = match.span()
        pieces.append(text[position:start])
        offsets.extend(range(position, start))
        position = end
        if match.lastindex:
            pieces.append("\n")
            offsets.append(start)
    pieces.append(text[position:])
    offsets.extend(range(position, len(text) + 1))
    return "".join(pieces), offsets


@cache
def _composes(character: str) -> bool:
    """Return whether the character, or one before it, may look otherwise in NFC: marks, Hangul letters and what has another form alone."""
    return (
        unicodedata.category(character).startswith("M")
        or "\u1100" <= character <= "\u11ff"
        or not unicodedata.is_normalized("NFC", character)
    )


def _compose(text: str, offsets: array[int]) -> tuple[str, array[int]]:
    """Compose to NFC line by line, and cluster by cluster where needed: composition never reaches across a grapheme cluster."""
    pieces: list[str] = []
    composed = array("q")
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        if unicodedata.is_normalized("NFC", line):
            pieces.append(line)
            composed.extend(offsets[start:end])
        else:
            _compose_line(line, offsets[start : end + 1], pieces, composed)
        start = end
    composed.append(offsets[len(text)])
    return "".join(pieces), composed


def _compose_line(line: str, offsets: array[int], pieces: list[str], composed: array[int]) -> None:
    for match in regex.finditer(r"\X", line):
        form = unicodedata.normalize("NFC", match.group())
        pieces.append(form)
        start, end = match.span()
        if len(form) == end - start:
            composed.extend(offsets[start:end])
        else:
            # An offset inside a cluster that changed its length means the end of the cluster.
            composed.append(offsets[start])
            composed.extend([offsets[end]] * (len(form) - 1))
