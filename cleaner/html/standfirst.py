"""The paragraph between a page's title and its text, which article extractors often leave out.

A page that repeats this paragraph in its metadata, as its description, says what it is: it belongs
to the text. Short ones are labels and slogans as often as not, and stay out.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

from cleaner.html.tree import Element, body_of, text_of

#: Fewer letters than these are no paragraph; an ideograph counts as two.
_LEAST = 80
#: Descriptions are cut: the paragraph may be longer by this factor.
_MOST_LONGER = 2.0
#: So many letters are enough to find a text again.
_BEGINNING = 20
#: How far up from the words the element of the whole paragraph may be.
_LEVELS = 3
_SENTENCE_END = re.compile(r"[.!?…。！？؟][\"'”’»)\]]*$")
_FIRST_IDEOGRAPH = "\u2e80"
_NO_LETTERS = re.compile(r"[\W_]+")


def standfirst(tree: Element, descriptions: Sequence[str], lines: Sequence[str]) -> Element | None:
    """Return the element that one of the page's descriptions quotes, if it stands above the text (``lines``), which lacks it."""
    raw = "\n".join(lines)
    if all(said[:_LEAST] in raw for said in descriptions):
        return None
    text = _letters(raw)
    wanted = [said for said in map(_letters, descriptions) if _size(said) >= _LEAST and said[:_BEGINNING] not in text]
    first = next((said for said in map(_letters, lines) if len(said) >= _BEGINNING), "")[:_BEGINNING]
    if not wanted or not first:
        return None
    for element in body_of(tree).iter("*"):
        beginning = _letters(element.text[: 4 * _BEGINNING])[:_BEGINNING] if element.text else ""
        if not beginning:
            continue
        if beginning == first:
            return None
        if any(said.startswith(beginning) for said in wanted):
            for around in (element, *islice(element.iterancestors(), _LEVELS)):
                if _is_said(text_of(around), wanted, text):
                    return around
    return None


def _is_said(paragraph: str, wanted: Sequence[str], text: str) -> bool:
    """Return whether the paragraph is what one of the descriptions says, perhaps cut, and nothing that the text has."""
    said = _letters(paragraph)
    return (
        _SENTENCE_END.search(paragraph) is not None
        and said[-_BEGINNING:] not in text
        and any(len(said) <= _MOST_LONGER * len(each) and (said.startswith(each) or each.startswith(said)) for each in wanted)
        and _size(said) >= _LEAST
    )


def _letters(text: str) -> str:
    return _NO_LETTERS.sub("", text).casefold()


def _size(text: str) -> int:
    return len(text) + (0 if text.isascii() else sum(letter >= _FIRST_IDEOGRAPH for letter in text))
