"""The sidecar of a run: what was taken out of each document, and how to put it back.

One JSON object a document. ``removals`` are ``[start, end, rule, text]`` in code points of the
original; ``edits`` are ``[start, end, text]`` in code points of the cleaned text and undo the
normalization. Applied in turn, edits and then removals, they give the original code point for code
point. A document that was not changed has neither.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any
from zlib import crc32

from cleaner.errors import ReadError
from cleaner.readers import newline_of
from cleaner.spans import restore
from cleaner.types import Cleaned, Removal

#: An attribute's name begins with who gave it.
_DOLMA = "dechaff"
#: How many lines further on two texts may agree again after a place where they do not.
_LOOKAHEAD = 4

#: Half-open span of the cleaned text, and what stands there in the text that it was normalized from.
Edit = tuple[int, int, str]


def record(cleaned: Cleaned, number: int) -> dict[str, Any]:
    """Return the sidecar's entry for a document, the ``number``-th of its source."""
    entry: dict[str, Any] = {"id": cleaned.document.id, "record": number}
    if cleaned.refused:
        return {**entry, "refused": cleaned.refused, "removals": []}
    if cleaned.changed:
        entry["crc"] = _checksum(cleaned.document.text)
    entry["removals"] = [[each.start, each.end, each.rule, each.text] for each in cleaned.removals]
    if cleaned.text != cleaned.kept:
        newline = newline_of(cleaned.kept)
        text = cleaned.text if newline == "\n" else cleaned.text.replace("\n", newline)
        entry["edits"] = [list(edit) for edit in edits(text, cleaned.kept)]
        if newline != "\n":
            entry["newline"] = newline
    return entry


def original(text: str, entry: Mapping[str, Any]) -> str:
    """Return the original of a cleaned text by its entry in the sidecar; raises ``ReadError`` if they do not belong together."""
    try:
        newline = entry.get("newline", "\n")
        kept = undone(
            text if newline == "\n" else text.replace("\n", newline), [(start, end, was) for start, end, was in entry.get("edits", ())]
        )
        text = restore(kept, [Removal(start, end, rule, gone) for start, end, rule, gone in entry["removals"]])
    except (KeyError, TypeError, ValueError):
        raise ReadError(f"the removals of {entry.get('id', 'a document')} are not as `clean batch --removals` writes them") from None
    if "crc" in entry and _checksum(text) != entry["crc"]:
        raise ReadError(f"{entry['id']}: the text is not the one that was written; its original cannot be rebuilt from it")
    return text


def attributes(document_id: str, cleaned: Cleaned | None) -> dict[str, Any]:
    """Return a document's removals as a line of Dolma's attribute format: spans of the original by rule, each with the score 1."""
    spans: dict[str, list[list[float]]] = {}
    for removal in cleaned.removals if cleaned else ():
        spans.setdefault(f"{_DOLMA}__{removal.rule.replace('/', '__')}", []).append([removal.start, removal.end, 1.0])
    return {"id": document_id, "attributes": spans}


def to_line(entry: Mapping[str, Any]) -> bytes:
    """Return an entry as one line."""
    line = json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"
    try:
        return line.encode()
    except UnicodeEncodeError:
        # A lone surrogate, which JSON can escape and UTF-8 cannot hold.
        return (json.dumps(entry, separators=(",", ":")) + "\n").encode()


def edits(text: str, kept: str) -> list[Edit]:
    """Return what turns ``text`` into ``kept``, for texts that differ in single lines and in blank lines between them."""
    ours, theirs = text.splitlines(keepends=True), kept.splitlines(keepends=True)
    found: list[Edit] = []
    i = j = at = 0
    while i < len(ours) or j < len(theirs):
        if i < len(ours) and j < len(theirs) and ours[i] == theirs[j]:
            at += len(ours[i])
            i, j = i + 1, j + 1
            continue
        drop, take = _apart(ours, i, theirs, j)
        size = sum(map(len, ours[i : i + drop]))
        found.append((at, at + size, "".join(theirs[j : j + take])))
        at += size
        i, j = i + drop, j + take
    return found


def changed(entry: Mapping[str, Any]) -> bool:
    """Return whether the sidecar's entry is of a document that was changed."""
    return bool(entry["removals"]) or "edits" in entry


def undone(text: str, edits: Sequence[Edit]) -> str:
    """Return the text with the edits made."""
    pieces: list[str] = []
    position = 0
    for start, end, was in edits:
        pieces += text[position:start], was
        position = end
    pieces.append(text[position:])
    return "".join(pieces)


def _checksum(text: str) -> int:
    return crc32(text.encode("utf-8", "surrogatepass"))


def _apart(ours: Sequence[str], i: int, theirs: Sequence[str], j: int) -> tuple[int, int]:
    """Return how many lines of either differ before they agree again; one of each where that is not in sight."""
    for total in range(1, 2 * _LOOKAHEAD):
        for drop in range(max(0, total - _LOOKAHEAD), min(total, _LOOKAHEAD) + 1):
            take = total - drop
            if i + drop < len(ours) and j + take < len(theirs) and ours[i + drop] == theirs[j + take]:
                return drop, take
    return min(1, len(ours) - i), min(1, len(theirs) - j)
