"""What a line looks like alone, what repeats, and how much of the document is prose.

Each predicate is the set of the live lines for which it holds (see ``bits``), computed on demand
and once a pass. Words of Chinese, Japanese, Korean and Thai count as half the number of characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import cached_property

import regex

from cleaner import bits
from cleaner.lines import CLOSERS, Lines
from cleaner.matchers import TIMEOUT, build
from cleaner.types import Document, Predicate

_SENTENCE_END = re.compile(rf"[.!?\u061f\u06d4\u0964][{re.escape(CLOSERS)}]*(?=\s+\S|$)|\u3002")
_BULLET = re.compile(r"\s*(?:[-*\u2022\u00b7\u25aa\u25ba\u25cf\u25a0>+\u2713]\s|\d{1,2}[.)]\s)")
_HEADINGS = tuple("#" * level + " " for level in range(1, 7))
#: Prose of this many words and up goes only where a phrase rule names it.
LONG_PROSE = 25
#: Predicates that look at one line after the other, for long: they are only asked about the lines for which an answer is needed.
COSTLY = frozenset({"echo", "unless"})


class Looks:
    """The lines of one document as they look."""

    def __init__(self, lines: Lines, document: Document, compiled: Callable[[str], regex.Pattern[str]] = build) -> None:
        self.lines = lines
        self.document = document
        self._compiled = compiled
        self._count = len(lines)
        self._memo: dict[tuple[str, tuple[float | str, ...]], int] = {}
        self._asked: dict[tuple[str, tuple[float | str, ...]], tuple[int, int]] = {}

    def _among(self, predicate: Predicate, among: int) -> int:
        """Return the lines of ``among``, and perhaps more, for which a costly predicate, not negated, holds."""
        key = predicate.name, predicate.args
        asked, found = self._asked.get(key, (0, 0))
        if among & ~asked:
            found |= getattr(self, predicate.name)(among & ~asked, *predicate.args)
            self._asked[key] = asked | among, found
        return found

    def predicate(self, predicate: Predicate) -> int:
        """Return the lines for which the predicate, not negated, holds."""
        if predicate.name in COSTLY:
            return self._among(predicate, self.all)
        key = predicate.name, predicate.args
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = getattr(self, predicate.name)(*predicate.args) & self.all
        return found

    # -- what lines look like

    @cached_property
    def all(self) -> int:
        """Every live line."""
        return bits.below(self._count)

    @property
    def words(self) -> list[int]:
        """The number of words of each line."""
        return self.lines.words

    @property
    def ended(self) -> list[bool]:
        """Whether each line ends a sentence, closing quotes and brackets aside."""
        return self.lines.ended

    def _words_in(self, lines: int) -> int:
        """Return the number of words of the lines."""
        return sum(self.words[line] for line in bits.members(lines))

    @cached_property
    def _sentences(self) -> int:
        """Lines of 4 words or more that end a sentence."""
        return bits.of([ended and count >= 4 for count, ended in zip(self.words, self.ended, strict=True)])

    def prose(self, words: float) -> int:
        """Lines of ``words`` words or more that end a sentence, or twice as many with two sentence ends."""
        key = "prose", (words,)
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = bits.of(
                [
                    count >= words and (ended or (count >= 2 * words and _sentences(core) >= 2))
                    for count, ended, core in zip(self.words, self.ended, self.lines.cores, strict=True)
                ]
            )
        return found

    def noterm(self, words: float) -> int:
        """Lines of at most ``words`` words that end no sentence."""
        return bits.of([count <= words and not ended for count, ended in zip(self.words, self.ended, strict=True)])

    def max_words(self, words: float) -> int:
        """Lines of at most ``words`` words."""
        return bits.of([count <= words for count in self.words])

    def min_words(self, words: float) -> int:
        """Lines of at least ``words`` words."""
        return bits.of([count >= words for count in self.words])

    def bullet(self) -> int:
        """Lines that begin with a bullet or a number."""
        return bits.of([_BULLET.match(line) is not None for line in self.lines.contents])

    def heading(self) -> int:
        """Lines that Markdown marks as headings."""
        return bits.of([line.startswith(_HEADINGS) for line in self.lines.contents])

    def unless(self, among: int, pattern: str) -> int:
        """Lines in which the pattern is *not* found."""
        search = self._compiled(pattern).search
        contents = self.lines.contents
        return bits.these([line for line in bits.members(among) if search(contents[line], timeout=TIMEOUT) is None])

    # -- what repeats

    @cached_property
    def _copies(self) -> Counter[str]:
        return Counter(self.lines.casefolded)

    def copies(self, least: float) -> int:
        """Lines that stand in the document at least ``least`` times."""
        return bits.of([self._copies[core] >= least for core in self.lines.casefolded])

    def later_copy(self) -> int:
        """Lines that stand in the document again further down."""
        left = self._copies.copy()
        flags = []
        for core in self.lines.casefolded:
            left[core] -= 1
            flags.append(left[core] > 0)
        return bits.of(flags)

    # -- the whole document

    @cached_property
    def prose_words(self) -> int:
        """The words in prose lines of 12 words."""
        return self._words_in(self.prose(12))

    def prose_share(self, least: float) -> int:
        """All lines, if at least that share of the document's words is in prose lines."""
        total = sum(self.words)
        return self.all if total and self.prose_words >= least * total else 0

    def prose_lines(self, least: float) -> int:
        """All lines, if the document has at least that many prose lines."""
        return self.all if self.prose(12).bit_count() >= least else 0


def _sentences(core: str) -> int:
    return len(_SENTENCE_END.findall(core))
