"""Where a line stands: how far from the article's prose, in what run of lines, under which copy of the title.

What a line looks like alone says little, where it stands among prose says much: the predicates and
their thresholds were chosen on pages with gold texts.
"""

from __future__ import annotations

from collections import Counter
from functools import cached_property

from cleaner import bits, repeats
from cleaner.looks import Looks
from cleaner.types import Predicate

#: Words of a prose line, where a predicate does not say.
_PROSE = 12
#: Copies of the title are looked for once down to this share of the prose, and further down only if a rule asks for more.
_USUAL_ABOVE_TITLE = 0.1
#: A page's name, its headline, and the headline again for sharing and in a path of links.
_MOST_TITLES = 5
#: A first line of fewer words is no title: it may be what is left of a menu.
_LEAST_TITLE = 3
#: Shorter texts, in code points, stand in any article by chance.
_LEAST_ECHO = 4


class Standing(Looks):
    """The lines of one document as they look and stand."""

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

    def run(self, least: float, words: float) -> int:
        """Lines in a run of ``least`` or more unfinished lines of at most ``words`` words."""
        return bits.runs(self.predicate(Predicate("noterm", (words,))), int(least))

    def desert(self, radius: float, words: float) -> int:
        """Lines with no prose line of ``words`` words within ``radius`` lines either way."""
        return self.all & ~bits.widen(self.prose(words), int(radius))

    def between_prose(self) -> int:
        """Lines whose neighbours on both sides are prose lines of 12 words."""
        return bits.between(self.prose(12), 1)

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

    # -- titles

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

    @cached_property
    def _titles(self) -> dict[float, list[tuple[int, int]]]:
        """Share of the prose -> the copies of the title down to there."""
        return {}

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

    # -- what the article says

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
