"""Removals as spans: resolve overlaps, cut, restore.

A removal is half-open, in code points of the document's text. A resolved list is sorted and
disjoint; ``restore(cut(text, removals), removals) == text`` for every resolved list.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from cleaner.types import Removal

#: A span with the id of the rule that asks for it, before its text is looked up.
Span = tuple[int, int, str]


def resolve(spans: Iterable[Span]) -> list[Span]:
    """Return ``spans`` sorted and disjoint; of two that overlap the one that starts first, then the longer, keeps its place.

    What a later span has beyond an earlier one stays as a shorter span. Equal spans go to the rule named first.
    """
    resolved: list[Span] = []
    reached = 0
    for start, end, rule in sorted(spans, key=lambda span: (span[0], -span[1])):
        start = max(start, reached)
        if start < end:
            resolved.append((start, end, rule))
            reached = end
    return resolved


def cut(text: str, removals: Sequence[Removal]) -> str:
    """Return ``text`` without the removals, which must be resolved."""
    if not removals:
        return text
    pieces = []
    position = 0
    for removal in removals:
        pieces.append(text[position : removal.start])
        position = removal.end
    pieces.append(text[position:])
    return "".join(pieces)


def restore(kept: str, removals: Sequence[Removal]) -> str:
    """Return the original text, code point for code point, from what was kept and what was removed."""
    pieces: list[str] = []
    position = 0
    original = 0
    for removal in removals:
        size = removal.start - original
        pieces += kept[position : position + size], removal.text
        position += size
        original = removal.end
    pieces.append(kept[position:])
    return "".join(pieces)


def lift(spans: Iterable[Span], removed: Sequence[Span]) -> list[Span]:
    """Return spans in a text that was cut before as spans in the text before that cut.

    ``removed`` are the resolved spans of the earlier cut. A span that reaches across a gap falls
    into the pieces on either side of it.
    """
    lifted: list[Span] = []
    for start, end, rule in spans:
        shift = 0
        for gap_start, gap_end, _ in removed:
            if gap_start >= end + shift:
                break
            if gap_start > start + shift:
                lifted.append((start + shift, gap_start, rule))
                start = gap_start - shift
            shift += gap_end - gap_start
        lifted.append((start + shift, end + shift, rule))
    return lifted
