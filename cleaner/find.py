"""Rules applied to a text: which spans they remove.

All rules look at the same lines; nothing is edited here. Phrase rules (``line``, ``span``,
``block``, ``after``, ``tail``) begin with the lines that their patterns match (see ``phrases``); the others
look at shapes, repetition and metadata. Long prose goes only where a phrase rule names it.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from cleaner import bits, repeats
from cleaner.errors import RuleTimeout
from cleaner.lines import Lines
from cleaner.looks import LONG_PROSE
from cleaner.matchers import TIMEOUT
from cleaner.phrases import Hits, Known, Phrases
from cleaner.prefilter import Candidates, Prefilter
from cleaner.ruleset import RuleSet, named
from cleaner.shapes import COMPANY, Shapes
from cleaner.spans import Span, resolve
from cleaner.types import Document, Protection, Rule

_ORDER = ("line", "span", "block", "after", "metadata", "repeat", "tail", "lines")


class Found(NamedTuple):
    """Resolved spans that go; ``lines``: the set of the lines that they are, or None if they are not whole lines."""

    spans: list[Span]
    lines: int | None


class Met(NamedTuple):
    """A rule, its number, and the set of the lines that its pattern matches; of a rule of shape alone none."""

    number: int
    rule: Rule
    lines: int


class Shield(NamedTuple):
    """A protection, and the case-folded texts one of which its documents say."""

    protection: Protection
    beside: tuple[str, ...]


class Finder:
    """A rule set made ready for one process; patterns compile when a document first needs them."""

    def __init__(self, ruleset: RuleSet, prefilter: Callable[..., Candidates] = Prefilter) -> None:
        self._rules = ruleset.rules
        self._phrases = Phrases(ruleset, prefilter)
        kinds = enumerate(ruleset.outlines)
        self._shaped = _in_order(Met(number, self._rules[number], 0) for number, rule in kinds if rule.kind in _ORDER and not rule.phrase)
        self._remnants = ruleset.of_kind("remnant")
        self._wide = ruleset.wide
        #: Identity of a condition, which lives as long as its rules -> whether it asks for known wording.
        self._company: dict[int, bool] = {}
        self._protections = [Shield(each, tuple(map(str.casefold, each.beside))) for each in ruleset.protections]
        #: Rule id -> the protections that speak of the rule.
        self._shields: dict[str, list[Shield]] = {}
        #: Patterns that no index knows.
        self._built = cache(ruleset.compiled)

    def find(self, lines: Lines, document: Document, known: Known) -> Found:
        """Return what the rules remove of the text of ``lines``.

        ``known`` carries what patterns match from one pass over a document to the next; give every
        document an empty one. Raises ``RuleTimeout`` if a pattern takes too long.
        """
        met, shapes = self._seen(lines, document, known)
        claimed: dict[int, Rule] = {}
        inside: list[Span] = []
        allowed = self._allowed(met, shapes)
        for number, rule, matched in [*met, *self._shaped]:
            try:
                if rule.kind == "line":
                    gone = allowed[id(rule.when)] & matched if rule.when else matched
                elif rule.kind == "span":
                    inside += self._inside(number, rule, lines, shapes.holds(rule.when, matched))
                    continue
                else:
                    gone = _KINDS[rule.kind](self, rule, matched, shapes)
            except TimeoutError:
                raise RuleTimeout(rule.id, TIMEOUT) from None
            for line in bits.members(gone):
                claimed.setdefault(line, rule)
        claimed = self._unprotected(claimed, lines)
        labels = bits.these([line for line, rule in claimed.items() if rule.kind == "line"])
        for line in bits.members(shapes.headings(labels, bits.these(claimed))):
            del claimed[line]
        found = resolve([*((*lines.span(line), rule.id) for line, rule in claimed.items()), *inside])
        return Found(found, None if inside else bits.these(claimed))

    def remnants(self, gone: int, lines: Lines, document: Document, known: Known) -> list[Span]:
        """Return what goes for the company it keeps alone: of the other lines those that stand among the ones ``gone``.

        Ask when nothing else goes. ``known`` and what raises are as for ``find``.
        """
        asking = [(rule, among) for rule in self._remnants if (among := bits.between(gone, rule.max_lines) & ~gone)]
        if not asking:
            return []
        shapes = self._seen(lines, document, known)[1]
        claimed: dict[int, Rule] = {}
        for rule, among in asking:
            for line in bits.members(self._held(rule, among, shapes) & ~shapes.prose(LONG_PROSE)):
                claimed.setdefault(line, rule)
        return [(*lines.span(line), rule.id) for line, rule in sorted(self._unprotected(claimed, lines).items())]

    def _seen(self, lines: Lines, document: Document, known: Known) -> tuple[list[Met], Shapes]:
        """Return the rules that match lines, in the order in which they claim them, and the lines as conditions see them."""
        met = _in_order(self._met(self._phrases.hits(lines, document, known), lines))
        shapes = Shapes(lines, document, cache(lambda kind: self._matched(kind, met, shapes)), self._built)
        return met, shapes

    def _unprotected(self, claimed: dict[int, Rule], lines: Lines) -> dict[int, Rule]:
        """Return what the rules claim less what is out of bounds for them."""
        if self._protections:
            claimed = {line: rule for line, rule in claimed.items() if not self._protected(line, rule, lines)}
            for line in [line for line, rule in claimed.items() if self._in_part(line, rule, lines, claimed)]:
                del claimed[line]
        return claimed

    def _met(self, hits: Hits, lines: Lines) -> Iterator[Met]:
        """Yield the rules that match lines, but none that matches more different ones than it may."""
        for number, found in hits.items():
            rule = self._rules[number]
            if not rule.most or len(found) <= rule.most or len({lines.cores[line] for line in found}) <= rule.most:
                yield Met(number, rule, bits.these(found))

    def _allowed(self, met: Iterable[Met], shapes: Shapes) -> dict[int, int]:
        """Return by the identity of a condition, which many ``line`` rules share, the lines of these rules for which it holds."""
        asking = _by_condition(each for each in met if each.rule.kind == "line" and each.rule.when)
        return {id(rule.when): self._held(rule, among, shapes) for rule, among in asking}

    def _matched(self, kind: str, met: Iterable[Met], shapes: Shapes) -> int:
        """Return the lines that rules of a kind know: a ``line`` rule that asks for a place, and not for company, knows none elsewhere."""
        found = 0
        placed: list[Met] = []
        for each in met:
            rule = each.rule
            if rule.kind == kind and rule.company:
                if kind == "line" and rule.when and not self._asks_company(rule):
                    placed.append(each)
                else:
                    found |= each.lines
        for rule, among in _by_condition(placed):
            found |= self._held(rule, among, shapes)
        return found

    def _asks_company(self, rule: Rule) -> bool:
        known = self._company.get(id(rule.when))
        if known is None:
            known = self._company[id(rule.when)] = any(each.name in COMPANY for conjunction in rule.when for each in conjunction)
        return known

    def _held(self, rule: Rule, among: int, shapes: Shapes) -> int:
        try:
            return shapes.holds(rule.when, among)
        except TimeoutError:
            raise RuleTimeout(rule.id, TIMEOUT) from None

    def _inside(self, number: int, rule: Rule, lines: Lines, allowed: int) -> Iterator[Span]:
        for line in bits.members(allowed):
            offset, content = lines.content(line)
            for match in self._phrases.trial(number).pattern.finditer(content, timeout=TIMEOUT):
                start, end = _with_space(content, *match.span())
                whole = not content[:start].strip() and end == len(content)
                if self._protected(line, rule, lines, whole):
                    continue
                if whole:
                    yield (*lines.span(line), rule.id)
                else:
                    yield offset + start, offset + end, rule.id

    def _protected(self, line: int, rule: Rule, lines: Lines, whole: bool = True) -> bool:
        """Return whether the line, or if not ``whole`` a part of it, is out of bounds for the rule."""
        shields = self._shields_of(rule)
        if not shields:
            return False
        text = lines.raw(line)
        words = text.count(" ") + 1
        for shield in shields:
            protection = shield.protection
            if protection.run or not (whole or protection.inside) or words < protection.min_words:
                continue
            if shield.beside and not lines.say(shield.beside):
                continue
            if any(self._finds(protection, lines.raw(each)) for each in range(max(line - protection.below, 0), line + 1)):
                return True
        return False

    def _in_part(self, line: int, rule: Rule, lines: Lines, claimed: Container[int]) -> bool:
        """Return whether the line stands in a row of protected lines of which some are not claimed."""
        for protection, beside in self._shields_of(rule):
            if not protection.run or (beside and not lines.say(beside)) or not self._finds(protection, lines.raw(line)):
                continue
            first, last = line, line
            while first and self._finds(protection, lines.raw(first - 1)):
                first -= 1
            while last + 1 < len(lines) and self._finds(protection, lines.raw(last + 1)):
                last += 1
            if last - first + 1 >= protection.run and not all(each in claimed for each in range(first, last + 1)):
                return True
        return False

    def _shields_of(self, rule: Rule) -> list[Shield]:
        """Return the protections that speak of the rule."""
        shields = self._shields.get(rule.id)
        if shields is None:
            shields = self._shields[rule.id] = [shield for shield in self._protections if named(rule.id, shield.protection.rules)]
        return shields

    def _finds(self, protection: Protection, text: str) -> bool:
        try:
            return self._built(protection.pattern).search(text, timeout=TIMEOUT) is not None
        except TimeoutError:
            raise RuleTimeout(f"protect at {protection.location}", TIMEOUT) from None

    # -- one method a kind: the lines that go

    def _block(self, rule: Rule, matched: int, shapes: Shapes) -> int:
        ends = self._built(rule.until).fullmatch
        cores = shapes.lines.cores
        long_prose = shapes.prose(LONG_PROSE)
        found = 0
        for begin in bits.members(shapes.holds(rule.when, matched)):
            for line in range(begin + 1, min(begin + rule.max_lines, len(cores))):
                if ends(cores[line], timeout=TIMEOUT):
                    found |= bits.below(line + 1) & ~bits.below(begin)
                    break
                if long_prose >> line & 1:
                    break
        return found

    def _after(self, rule: Rule, matched: int, shapes: Shapes) -> int:
        zone = shapes.following(matched, rule.max_lines)
        return shapes.holds(rule.when, zone & ~shapes.prose(LONG_PROSE))

    def _tail(self, rule: Rule, matched: int, shapes: Shapes) -> int:
        zone = shapes.below(matched, rule.max_prose_share)
        found = shapes.holds(rule.when, zone & ~shapes.prose(LONG_PROSE))
        return found | shapes.ending(matched, rule.cut) if rule.cut and self._wide else found

    def _lines(self, rule: Rule, matched: int, shapes: Shapes) -> int:
        return shapes.holds(rule.when, shapes.all) & ~(shapes.prose(LONG_PROSE) | shapes.first_title)

    def _repeat(self, rule: Rule, matched: int, shapes: Shapes) -> int:
        among = shapes.holds(rule.when, matched if rule.pattern else shapes.all)
        if not among:
            return 0
        if rule.of == ("title",):
            among &= ~shapes.prose(LONG_PROSE)
            return repeats.of_title(shapes.lines, among, shapes.document.metadata.get("title", ""), shapes.headline)
        if rule.of == ("line",):
            return repeats.of_lines(shapes.lines, among)
        return repeats.of_passages(shapes.lines, among, rule.pattern)

    def _metadata(self, rule: Rule, matched: int, shapes: Shapes) -> int:
        metadata = shapes.document.metadata
        if not any(metadata.get(kind) for kind in rule.of):
            return 0
        among = shapes.holds(rule.when, shapes.all) & ~shapes.prose(LONG_PROSE)
        return repeats.of_metadata(shapes.lines, among, rule.of, metadata)


_KINDS: Mapping[str, Callable[[Finder, Rule, int, Shapes], int]] = {
    "block": Finder._block,
    "after": Finder._after,
    "tail": Finder._tail,
    "lines": Finder._lines,
    "repeat": Finder._repeat,
    "metadata": Finder._metadata,
}


def _in_order(met: Iterable[Met]) -> list[Met]:
    """Return rules in the order in which they claim lines: by kind, then as they are defined."""
    return sorted(met, key=lambda each: (_ORDER.index(each.rule.kind), each.number))


def _by_condition(met: Iterable[Met]) -> Iterable[tuple[Rule, int]]:
    """Return for each condition one of the rules that ask for it, and the lines that any of them matches."""
    found: dict[int, tuple[Rule, int]] = {}
    for _, rule, lines in met:
        first, among = found.get(id(rule.when), (rule, 0))
        found[id(rule.when)] = first, among | lines
    return found.values()


def _with_space(content: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span inside a line so that one space, or none at the line's ends, is left in its place."""
    before = content[:start].rstrip()
    after = content[end:].lstrip()
    if not after:
        return len(before), len(content)
    if not before or content[start - 1 : start].isspace():
        return start, len(content) - len(after)
    return start, end
