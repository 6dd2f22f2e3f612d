"""The shape and company of lines: all that a rule's ``when`` may ask about, and which lines it holds for.

What stands beside a line tells more than the line: other wording that is known, and the markers ("Read also", "Leave a reply")
below which nothing of the article comes. ``looks`` and ``standing`` have the other predicates.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from functools import cached_property
from itertools import pairwise

import regex

from cleaner import bits
from cleaner.lines import Lines
from cleaner.looks import COSTLY
from cleaner.matchers import build
from cleaner.origin import in_language, on_site
from cleaner.standing import Standing
from cleaner.types import Conjunction, Document, Predicate

#: A time of day, as entries of live pages begin with.
_CLOCK = re.compile(
    r"[\s*\[(\u2022\u00b7\u25cf\u00bb>-]{0,3}(?:[01]?\d|2[0-3])(?:[:.]|\s?h\s?)[0-5]\d(?![.,:]?\d|\s?[/%\u20ac$])", re.IGNORECASE
)

#: A figure with a sign, decimals or a per cent sign; what is sold has a price with its currency, and comments are counted without.
_CELL = re.compile(r"\s*(?:[+\u2212-]\s?\d[\d.,]*|\d[\d,]*\.\d+|\d[\d.]*,\d+|\d[\d.,]*(?=\s?%))\s?%?\s*")
#: So many of them among so many lines below a line make it the heading of a table.
_LEAST_CELLS, _TABLE_LINES = 2, 10

#: Lines of known wording among those below a marker that ends a page.
_PHRASES_IN_ENDING = 3
#: A marker that comes more often ends parts of a page.
_MOST_ENDINGS = 3
#: A page's own comments are as many wherever they are counted.
_MOST_COUNTS = 1
_NO_LETTERS = re.compile(r"[\W\d_]+")
_PHRASE = Predicate("phrase")
_BEHIND = Predicate("outside_core", (20, 12.0, 0))
#: Prose lines that must stand before a ``tail`` marker.
_PROSE_BEFORE_TAIL = 3
#: An unfinished line of more words than this ends what a marker takes along.
_MOST_TEASER_WORDS = 24
#: A question or a call of so many words at most is a title, among titles.
_MOST_TITLE_WORDS = 14
#: A heading has so many words at most, the prose above and below it so many at least, and so many others are like it.
_MOST_HEADING, _HEADED, _LEAST_HEADINGS = 4, 4, 3

#: So many words make a sentence that could be the article's.
_SENTENCE = 6

#: Kind of phrase rule -> the lines that the pattern of such a rule matches, of a ``line`` rule only where its condition of place holds.
Phrases = Callable[[str], int]


class Shapes(Standing):
    """The lines of one document as conditions see them."""

    def __init__(
        self, lines: Lines, document: Document, phrases: Phrases = lambda _: 0, compiled: Callable[[str], regex.Pattern[str]] = build
    ) -> None:
        super().__init__(lines, document, compiled)
        self._phrases = phrases
        self._holding: dict[int, int] = {}

    # -- conditions

    def holds(self, when: tuple[Conjunction, ...], among: int) -> int:
        """Return the lines of ``among`` for which one of the conjunctions holds; no conjunction: all of them."""
        if not when:
            return among
        found = 0
        for conjunction in when:
            found |= self._conjunction(conjunction, among & ~found)
        return found

    def _conjunction(self, conjunction: Conjunction, among: int) -> int:
        for predicate in conjunction:
            if not among:
                return 0
            # Rules live longer than this and share their predicates: what one is tells it apart from others at least cost.
            found = self._holding.get(id(predicate))
            if found is None:
                if predicate.name in COSTLY:
                    found = self._among(predicate, among)
                    among &= ~found if predicate.negated else found
                    continue
                found = self.predicate(predicate)
                found = self._holding[id(predicate)] = self.all & ~found if predicate.negated else found
            among &= found
        return among

    # -- company

    def phrase(self) -> int:
        """Lines that some phrase rule's pattern matches; a rule that asks for a place, and not for company, counts only there."""
        return self._phrases("line") | self._phrases("block") | self.markers

    @property
    def markers(self) -> int:
        """Lines that the pattern of an ``after`` or ``tail`` rule matches."""
        return self._phrases("after") | self._phrases("tail")

    def tail_zone(self, share: float) -> int:
        """Lines from the first ``tail`` marker on that has at most that share of the document's prose below it.

        At least three prose lines of 15 words stand before the marker.
        """
        return self.below(self._phrases("tail"), share)

    def below(self, markers: int, share: float) -> int:
        """Return the lines from the first of the markers on that has at most that share of the prose below it."""
        prose = self.prose(15)
        allowed = share * self._words_in(prose)
        for marker in bits.members(self._without_tables(markers & ~self._under_each)):
            before = bits.below(marker)
            if (prose & before).bit_count() >= _PROSE_BEFORE_TAIL and self._words_in(prose & ~before) <= allowed:
                return self.all & ~before
        return 0

    @cached_property
    def _under_each(self) -> int:
        """The ``tail`` markers that come so often, or with figures so different ("2 Comments"), that each ends one part of the page."""
        cores = self.lines.casefolded
        said: dict[str, list[int]] = {}
        for marker in bits.members(self._phrases("tail")):
            said.setdefault(_NO_LETTERS.sub("", cores[marker]).removesuffix("s"), []).append(marker)
        often = [
            markers for markers in said.values() if len(markers) > _MOST_ENDINGS or len({cores[each] for each in markers}) > _MOST_COUNTS
        ]
        return bits.these([marker for markers in often for marker in markers])

    def ending(self, markers: int, share: float) -> int:
        """Return what ``below`` does of the markers behind the article, if three of the lines are known boilerplate wording.

        A marker inside the stretch richest in prose ("Related:" and a title, then the article goes on) is the article's own. On a
        whole page there is always more known wording under an article; an extractor's text has hardly any. A marker that comes
        four times or more ("Comments" under each answer) ends posts, not the page.
        """
        if markers.bit_count() > _MOST_ENDINGS:
            return 0
        zone = self.below(markers & self.predicate(_BEHIND), share)
        return zone if (zone & self.predicate(_PHRASE)).bit_count() >= _PHRASES_IN_ENDING else 0

    def marker_zone(self, most: float) -> int:
        """Lines that are a marker or among the unfinished lines, ``most`` at most, that follow one."""
        return self.following(self.markers, int(most))

    def following(self, markers: int, most: int) -> int:
        """Return the markers with the unfinished lines, and the titles that ask or call, that follow each, ``most`` at most.

        A line that a blank line parts from teasers which stand close together, with prose below it,
        is that prose's heading and stays; so is the only line between a marker and prose. Below a teaser
        without a time of day one that begins with it is the next entry of a live page.
        """
        markers = self._without_tables(markers)
        unfinished = self.predicate(Predicate("noterm", (_MOST_TEASER_WORDS,))) | self._asking_titles
        timed = self._timed
        found = self._zone(markers & timed >> 1, most, unfinished) | self._zone(markers & ~(timed >> 1), most, unfinished & ~timed)
        close = self.lines.close
        headings = found & self.prose(12) >> 1 & ~close & close << 1 & ~markers
        headings |= found & self.prose(12) >> 1 & markers << 1 & ~markers
        return found & ~headings

    @cached_property
    def _asking_titles(self) -> int:
        """Short lines that end as questions and calls do."""
        return bits.of(
            [core.endswith(("?", "!")) and words <= _MOST_TITLE_WORDS for core, words in zip(self.lines.cores, self.words, strict=True)]
        )

    @cached_property
    def _timed(self) -> int:
        return bits.of([_CLOCK.match(line) is not None for line in self.lines.contents])

    @cached_property
    def _cells(self) -> int:
        return bits.of([_CELL.fullmatch(line) is not None for line in self.lines.contents])

    def _without_tables(self, markers: int) -> int:
        """Return the markers less those with cells of a table below them ("Company", "Last", "120.13", "-1.93")."""
        if not markers:
            return 0
        headings = [line for line in bits.members(markers) if (self._cells >> line & bits.below(_TABLE_LINES)).bit_count() >= _LEAST_CELLS]
        return markers & ~bits.these(headings)

    @staticmethod
    def _zone(markers: int, most: int, among: int) -> int:
        """Return the markers, and of the lines below each the first ``most`` if they are ``among``."""
        found = reached = markers
        for _ in range(most):
            reached = reached << 1 & among
            if not reached:
                break
            found |= reached
        return found

    def headings(self, labels: int, gone: int) -> int:
        """Return which of the labels head a part of the article, as other lines do that stay.

        A heading says something else than all others, and stands on its own between paragraphs of which none goes.
        """
        if not labels:
            return 0
        staying = self.prose(_HEADED) & ~gone
        short = bits.of([words <= _MOST_HEADING for words in self.words]) & ~self.prose(_HEADED) & bits.between(staying, 1)
        cores = self.lines.casefolded
        if not labels & short or len({cores[line] for line in bits.members(short & ~gone)}) < _LEAST_HEADINGS:
            return 0
        return bits.these([line for line in bits.members(labels & short) if self._copies[cores[line]] == 1])

    def near_phrase(self, radius: float) -> int:
        """Lines at most ``radius`` lines from a phrase."""
        return bits.widen(self.predicate(_PHRASE), int(radius))

    def cluster(self, radius: float) -> int:
        """Lines with two phrases or more within ``radius`` lines."""
        found = 0
        for above, below in pairwise(bits.members(self.predicate(_PHRASE))):
            if below - above <= 2 * radius:
                found |= bits.below(above + int(radius) + 1) & ~bits.below(below - int(radius))
        return found

    def alone(self, radius: float) -> int:
        """Sentences between two prose lines, with no phrase besides them within ``radius`` lines."""
        return self.prose(_SENTENCE) & self.between_prose() & ~self.cluster(radius)

    # -- the document's origin

    def sites(self, *names: str) -> int:
        """All lines, if the document is of one of the sites or their subdomains."""
        return self.all if on_site(self.document, *names) else 0

    def langs(self, *names: str) -> int:
        """All lines, if the document's language is known and one of these."""
        return self.all if in_language(self.document, *names) else 0


PREDICATES: Mapping[str, Callable[..., int]] = {
    name: getattr(Shapes, name)
    for name in (
        "head", "tail", "first", "last", "last_prose", "run", "desert", "above_title", "between_prose", "outside_core", "phrase",
        "near_phrase", "cluster", "alone", "tail_zone", "marker_zone", "echo", "prose", "noterm", "max_words", "min_words", "copies",
        "later_copy", "bullet", "heading", "prose_share", "prose_lines", "sites", "langs", "unless",
    )
}  # fmt: skip
#: Predicates of the known wording around a line.
COMPANY = frozenset({"phrase", "near_phrase", "cluster", "alone", "tail_zone", "marker_zone"})
