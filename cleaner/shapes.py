"""The shape and place of lines: the predicates that a rule's ``when`` may ask about.

Each predicate is the set of the live lines for which it holds (see ``bits``), computed on demand
and once a pass. The predicates and their thresholds were chosen on pages with gold texts:
what a line looks like alone says little, where it stands among prose says much. Words of
Chinese, Japanese, Korean and Thai count as half the number of characters.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping
from functools import cached_property, lru_cache
from itertools import pairwise

import regex

from cleaner import bits, repeats
from cleaner.lines import CLOSERS, Lines
from cleaner.matchers import TIMEOUT, build
from cleaner.types import Conjunction, Document, Predicate

_SENTENCE_END = re.compile(rf"[.!?\u061f\u06d4\u0964][{re.escape(CLOSERS)}]*(?=\s+\S|$)|\u3002")
_BULLET = re.compile(r"\s*(?:[-*\u2022\u00b7\u25aa\u25ba\u25cf\u25a0>+\u2713]\s|\d{1,2}[.)]\s)")

#: A time of day, as entries of live pages begin with.
_CLOCK = re.compile(
    r"[\s*\[(\u2022\u00b7\u25cf\u00bb>-]{0,3}(?:[01]?\d|2[0-3])(?:[:.]|\s?h\s?)[0-5]\d(?![.,:]?\d|\s?[/%\u20ac$])", re.IGNORECASE
)

#: A figure with a sign, decimals or a per cent sign; what is sold has a price with its currency, and comments are counted without.
_CELL = re.compile(r"\s*(?:[+\u2212-]\s?\d[\d.,]*|\d[\d,]*\.\d+|\d[\d.]*,\d+|\d[\d.,]*(?=\s?%))\s?%?\s*")
#: So many of them among so many lines below a line make it the heading of a table.
_LEAST_CELLS, _TABLE_LINES = 2, 10

_HEADINGS = tuple("#" * level + " " for level in range(1, 7))

#: Prose of this many words and up goes only where a phrase rule names it.
LONG_PROSE = 25
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


#: Words of a prose line, where a predicate does not say.
_PROSE = 12
#: Copies of the title are looked for once down to this share of the prose, and further down only if a rule asks for more.
_USUAL_ABOVE_TITLE = 0.1
#: A page's name, its headline, and the headline again for sharing and in a path of links.
_MOST_TITLES = 5
#: A first line of fewer words is no title: it may be what is left of a menu.
_LEAST_TITLE = 3
#: A heading has so many words at most, the prose above and below it so many at least, and so many others are like it.
_MOST_HEADING, _HEADED, _LEAST_HEADINGS = 4, 8, 3
#: Shorter texts, in code points, stand in any article by chance.
_LEAST_ECHO = 4

#: Kind of phrase rule -> the lines that the pattern of such a rule matches, of a ``line`` rule only where its condition of place holds.
Phrases = Callable[[str], int]


class Shapes:
    """The lines of one document as predicates see them."""

    def __init__(
        self, lines: Lines, document: Document, phrases: Phrases = lambda _: 0, compiled: Callable[[str], regex.Pattern[str]] = build
    ) -> None:
        self.lines = lines
        self.document = document
        self._phrases = phrases
        self._compiled = compiled
        self._count = len(lines)
        self._memo: dict[tuple[str, tuple[float | str, ...]], int] = {}
        self._holding: dict[int, int] = {}
        self._asked: dict[tuple[str, tuple[float | str, ...]], tuple[int, int]] = {}
        self._titles: dict[float, list[tuple[int, int]]] = {}

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
                if predicate.name in _COSTLY:
                    found = self._among(predicate, among)
                    among &= ~found if predicate.negated else found
                    continue
                found = self.predicate(predicate)
                found = self._holding[id(predicate)] = self.all & ~found if predicate.negated else found
            among &= found
        return among

    def _among(self, predicate: Predicate, among: int) -> int:
        """Return the lines of ``among``, and perhaps more, for which a costly predicate, not negated, holds."""
        key = predicate.name, predicate.args
        asked, found = self._asked.get(key, (0, 0))
        if among & ~asked:
            found |= _COSTLY[predicate.name](self, among & ~asked, *predicate.args)
            self._asked[key] = asked | among, found
        return found

    def predicate(self, predicate: Predicate) -> int:
        """Return the lines for which the predicate, not negated, holds."""
        if predicate.name in _COSTLY:
            return self._among(predicate, self.all)
        key = predicate.name, predicate.args
        found = self._memo.get(key)
        if found is None:
            found = self._memo[key] = PREDICATES[predicate.name](self, *predicate.args) & self.all
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

    # -- where lines stand

    def head(self, lines: float) -> int:
        """Lines more than ``lines`` lines before the first prose line of 15 words."""
        return bits.below(bits.first(self.prose(15)) - int(lines))

    def tail(self, lines: float) -> int:
        """Lines more than ``lines`` lines after the last prose line of 15 words."""
        prose = self.prose(15)
        return self.all & ~bits.below(bits.last(prose) + int(lines) + 1) if prose else 0

    def first(self, lines: float) -> int:
        """The first ``lines`` lines."""
        return bits.below(int(lines))

    def last(self, lines: float) -> int:
        """The last ``lines`` lines."""
        return self.all & ~bits.below(self._count - int(lines))

    def last_prose(self, lines: float) -> int:
        """The last ``lines`` prose lines of 12 words."""
        prose = self.prose(12)
        found = 0
        for _ in range(int(lines)):
            if prose:
                found |= 1 << bits.last(prose)
                prose &= ~found
        return found

    def above_title(self, share: float) -> int:
        """Lines that the title stands both over and under: a page's head, between its name and its article.

        The title is the document's known one or its first line. Its last copy, give or take some
        words, that has at most ``share`` of the document's prose above it is the one over the article.
        More copies than a page has use for are the entries of a list, which begin alike.
        """
        prose = self.prose(15)
        allowed = share * self._words_in(prose)
        copies = [line for line, above in self._title_copies(max(share, _USUAL_ABOVE_TITLE)) if above <= allowed]
        return bits.below(copies[-1]) & ~bits.below(copies[0] + 1) if 0 < len(copies) <= _MOST_TITLES else 0

    @property
    def first_title(self) -> int:
        """The first line, if it can be the title: shape alone does not tell the two or three words over a text from a menu's."""
        return bits.below(1) if self._count and self.words[0] >= _LEAST_TITLE else 0

    @property
    def headline(self) -> int:
        """The last line that says the title and has no prose above it; -1: none."""
        return max((line for line, above in self._title_copies(_USUAL_ABOVE_TITLE) if not above), default=-1)

    def _title_copies(self, share: float) -> list[tuple[int, int]]:
        """The lines that say the title with the words of prose above each, down to where more than ``share`` of them is above."""
        found = self._titles.get(share)
        if found is not None:
            return found
        found = self._titles[share] = []
        cores = self.lines.cores
        prose = self.prose(15)
        title = self.document.metadata.get("title", "") or (cores[0] if cores and self.words[0] >= _LEAST_TITLE else "")
        forms = repeats.title_forms(title)
        if not forms or not prose:
            return found
        allowed = share * self._words_in(prose)
        # A line that has none of the title's longest words is not worth the comparison.
        telling = sorted(repeats.words(title).split(), key=len)[-4:]
        above = 0
        for line in bits.members(prose | self.lines.holding(telling)):
            if prose >> line & 1:
                above += self.words[line]
                if above > allowed:
                    break
            elif forms & repeats.title_forms(cores[line]) or repeats.resembles(title, cores[line]):
                found.append((line, above))
        return found

    def run(self, least: float, words: float) -> int:
        """Lines in a run of ``least`` or more unfinished lines of at most ``words`` words."""
        return bits.runs(self.predicate(Predicate("noterm", (words,))), int(least))

    def desert(self, radius: float, words: float) -> int:
        """Lines with no prose line of ``words`` words within ``radius`` lines either way."""
        return self.all & ~bits.widen(self.prose(words), int(radius))

    def between_prose(self) -> int:
        """Lines whose neighbours on both sides are prose lines of 12 words."""
        prose = self.prose(12)
        return prose << 1 & prose >> 1

    def outside_core(self, words: float, penalty: float, lines: float) -> int:
        """Lines more than ``lines`` lines outside the core, the stretch of lines richest in prose.

        In the core's score a prose line of ``words`` words adds its words (60 at most), a short
        sentence of 4 words adds 1 and any other line takes ``penalty`` away; the line before the
        core, often its heading, belongs to it. Without prose there is no core and no outside.
        """
        best = score = 0.0
        start = before = 0
        core = None
        prose = self.prose(words)
        # Lines that take away need no look each: they only lower what the next one that adds begins with.
        for line in bits.members(prose | self._sentences):
            score -= penalty * (line - before)
            if score <= 0:
                score, start = 0, line
            score += min(self.words[line], 60) if prose >> line & 1 else 1
            before = line + 1
            if score > best:
                best, core = score, (start, line)
        if core is None:
            return 0
        inside = bits.below(core[1] + 1) & ~bits.below(core[0] - 1)
        return self.all & ~bits.widen(inside, int(lines))

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
        """Return the markers with the unfinished lines that follow each, ``most`` at most.

        A line that a blank line parts from teasers which stand close together, with prose below it,
        is that prose's heading and stays; so is the only line between a marker and prose. Below a teaser
        without a time of day one that begins with it is the next entry of a live page.
        """
        markers = self._without_tables(markers)
        unfinished = self.predicate(Predicate("noterm", (_MOST_TEASER_WORDS,)))
        timed = self._timed
        found = self._zone(markers & timed >> 1, most, unfinished) | self._zone(markers & ~(timed >> 1), most, unfinished & ~timed)
        close = self.lines.close
        headings = found & self.prose(12) >> 1 & ~close & close << 1 & ~markers
        headings |= found & self.prose(12) >> 1 & markers << 1 & ~markers
        return found & ~headings

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
        short = bits.of([words <= _MOST_HEADING for words in self.words]) & ~self.prose(_HEADED) & staying << 1 & staying >> 1
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

    def echo(self, among: int) -> int:
        """Unfinished lines of at most 12 words that the article says too: inside a prose line, or as a line of its core.

        They may be its keywords, its table of contents or a heading that is listed elsewhere.
        """
        cores = self.lines.casefolded
        outside = self.predicate(Predicate("outside_core", (_PROSE, 1.0, 0)))
        found = 0
        for line in bits.members(among & self.predicate(Predicate("noterm", (12,)))):
            core = cores[line]
            if self._in_core[core] > (not outside >> line & 1) or (len(core) >= _LEAST_ECHO and core in self._article):
                found |= 1 << line
        return found

    @cached_property
    def _article(self) -> str:
        """The prose lines, case-folded."""
        cores = self.lines.casefolded
        return "\n".join([cores[line] for line in bits.members(self.prose(_PROSE))])

    @cached_property
    def _in_core(self) -> Counter[str]:
        """How often each line stands in the core."""
        cores = self.lines.casefolded
        core = self.all & ~self.predicate(Predicate("outside_core", (_PROSE, 1.0, 0)))
        return Counter([cores[line] for line in bits.members(core)])

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
        "near_phrase", "cluster", "tail_zone", "marker_zone", "echo", "prose", "noterm", "max_words", "min_words", "copies", "later_copy",
        "bullet", "heading", "prose_share", "prose_lines", "sites", "langs", "unless",
    )
}  # fmt: skip
#: Predicates of the known wording around a line.
COMPANY = frozenset({"phrase", "near_phrase", "cluster", "tail_zone", "marker_zone"})
#: Predicates that look at one line after the other, for long: they are only asked about the lines for which an answer is needed.
_COSTLY = {name: PREDICATES[name] for name in ("echo", "unless")}


def on_site(document: Document, *sites: str) -> bool:
    """Return whether the document's address is on one of the sites or their subdomains."""
    return not set(sites).isdisjoint(domains(document))


def domains(document: Document) -> list[str]:
    """Return the host of the document's address and the domains that it belongs to."""
    return _domains(document.url) if document.url else []


@lru_cache(maxsize=16)
def _domains(url: str) -> list[str]:
    from urllib.parse import urlsplit

    try:
        host = (urlsplit(url).hostname or "").lower()
    except ValueError:
        return []
    labels = host.split(".")
    return [".".join(labels[at:]) for at in range(len(labels))] if host else []


def in_language(document: Document, *languages: str) -> bool:
    """Return whether the document's language is known and one of those (two letters)."""
    return document.metadata.get("language", "").partition("-")[0].lower() in languages


def _sentences(core: str) -> int:
    return len(_SENTENCE_END.findall(core))
