"""Rules applied to a text: which spans they remove.

All rules look at the same lines; nothing is edited here. Phrase rules (``line``, ``span``,
``block``, ``after``, ``tail``) begin with the lines that their patterns match (see ``phrases``); the others
look at shapes, repetition and metadata. Long prose goes only where a phrase rule names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache
from typing import NamedTuple

from cleaner import bits, repeats
from cleaner.errors import RuleTimeout
from cleaner.lines import Lines
from cleaner.matchers import TIMEOUT, build
from cleaner.phrases import Hits, Known, Phrases
from cleaner.prefilter import Candidates, Prefilter
from cleaner.ruleset import RuleSet
from cleaner.shapes import COMPANY, LONG_PROSE, Shapes
from cleaner.spans import Span, resolve
from cleaner.types import Document, Rule

_ORDER = ("line", "span", "block", "after", "metadata", "repeat", "tail", "lines")


class Found(NamedTuple):
    """Resolved spans that go; ``lines``: the set of the lines that they are, or None if they are not whole lines."""

    spans: list[Span]
    lines: int | None


class Finder:
    """A rule set made ready for one process; patterns compile when a document first needs them."""

    def __init__(self, ruleset: RuleSet, prefilter: Callable[..., Candidates] = Prefilter) -> None:
        self._rules = ruleset.rules
        self._phrases = Phrases(ruleset, prefilter)
        kinds = enumerate(ruleset.outlines)
        self._shaped = sorted(
            ((number, self._rules[number]) for number, rule in kinds if rule.kind in _ORDER and not rule.phrase),
            key=lambda entry: (_ORDER.index(entry[1].kind), entry[0]),
        )
        self._wide = ruleset.wide
        #: Identity of a condition, which lives as long as its rules -> whether it asks for known wording.
        self._company: dict[int, bool] = {}
        self._protections = [(build(each.pattern).search, each) for each in ruleset.protections]
        self._until = cache(build)

    def find(self, lines: Lines, document: Document, known: Known) -> Found:
        """Return what the rules remove of the text of ``lines``.

        ``known`` carries what patterns match from one pass over a document to the next; give every
        document an empty one. Raises ``RuleTimeout`` if a pattern takes too long.
        """
        hits = self._phrases.hits(lines, document, known)
        shapes = Shapes(lines, document, cache(lambda kind: self._matched(kind, hits, shapes)))
        claimed: dict[int, Rule] = {}
        inside: list[Span] = []
        allowed = self._allowed(hits, shapes)
        hit_rules = sorted(((number, self._rules[number]) for number in hits), key=lambda entry: (_ORDER.index(entry[1].kind), entry[0]))
        for number, rule in [*hit_rules, *self._shaped]:
            try:
                if rule.kind == "line":
                    gone = allowed[id(rule.when)] & bits.these(hits[number]) if rule.when else bits.these(hits[number])
                elif rule.kind == "span":
                    inside += self._inside(number, rule, lines, shapes.holds(rule.when, bits.these(hits[number])))
                    continue
                else:
                    gone = _KINDS[rule.kind](self, rule, hits.get(number, []), shapes)
            except TimeoutError:
                raise RuleTimeout(rule.id, TIMEOUT) from None
            for line in bits.members(gone):
                claimed.setdefault(line, rule)
        if self._protections:
            claimed = {line: rule for line, rule in claimed.items() if not self._protected(lines.raw(line), rule)}
        found = resolve([*((*lines.span(line), rule.id) for line, rule in claimed.items()), *inside])
        return Found(found, None if inside else bits.these(claimed))

    def _allowed(self, hits: Hits, shapes: Shapes) -> dict[int, int]:
        """Return by the identity of a condition, which many ``line`` rules share, the lines of these rules for which it holds."""
        rules = ((self._rules[number], matched) for number, matched in hits.items())
        asking = _by_condition((rule, matched) for rule, matched in rules if rule.kind == "line" and rule.when)
        return {id(rule.when): self._held(rule, among, shapes) for rule, among in asking}

    def _matched(self, kind: str, hits: Hits, shapes: Shapes) -> int:
        """Return the lines that rules of a kind know: a ``line`` rule that asks for a place, and not for company, knows none elsewhere."""
        found = 0
        placed: list[tuple[Rule, list[int]]] = []
        for number, matched in hits.items():
            rule = self._rules[number]
            if rule.kind == kind and rule.company:
                if kind == "line" and rule.when and not self._asks_company(rule):
                    placed.append((rule, matched))
                else:
                    found |= bits.these(matched)
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
            if self._protected(lines.raw(line), rule):
                continue
            offset, content = lines.content(line)
            for match in self._phrases.trial(number).pattern.finditer(content, timeout=TIMEOUT):
                start, end = _with_space(content, *match.span())
                if not content[:start].strip() and end == len(content):
                    yield (*lines.span(line), rule.id)
                else:
                    yield offset + start, offset + end, rule.id

    def _protected(self, line: str, rule: Rule) -> bool:
        for search, protection in self._protections:
            if any(fnmatchcase(rule.id, name) or name == rule.family for name in protection.rules):
                try:
                    if search(line, timeout=TIMEOUT):
                        return True
                except TimeoutError:
                    raise RuleTimeout(f"protect at {protection.location}", TIMEOUT) from None
        return False

    # -- one method a kind: the lines that go

    def _block(self, rule: Rule, hits: list[int], shapes: Shapes) -> int:
        ends = self._until(rule.until).fullmatch
        cores = shapes.lines.cores
        long_prose = shapes.prose(LONG_PROSE)
        found = 0
        for begin in bits.members(shapes.holds(rule.when, bits.these(hits))):
            for line in range(begin + 1, min(begin + rule.max_lines, len(cores))):
                if ends(cores[line], timeout=TIMEOUT):
                    found |= bits.below(line + 1) & ~bits.below(begin)
                    break
                if long_prose >> line & 1:
                    break
        return found

    def _after(self, rule: Rule, hits: list[int], shapes: Shapes) -> int:
        zone = shapes.following(bits.these(hits), rule.max_lines)
        return shapes.holds(rule.when, zone & ~shapes.prose(LONG_PROSE))

    def _tail(self, rule: Rule, hits: list[int], shapes: Shapes) -> int:
        markers = bits.these(hits)
        zone = shapes.below(markers, rule.max_prose_share)
        found = shapes.holds(rule.when, zone & ~shapes.prose(LONG_PROSE))
        return found | shapes.ending(markers, rule.cut) if rule.cut and self._wide else found

    def _lines(self, rule: Rule, hits: list[int], shapes: Shapes) -> int:
        return shapes.holds(rule.when, shapes.all) & ~shapes.prose(LONG_PROSE)

    def _repeat(self, rule: Rule, hits: list[int], shapes: Shapes) -> int:
        among = shapes.holds(rule.when, bits.these(hits) if rule.pattern else shapes.all)
        if not among:
            return 0
        if rule.of == ("title",):
            return repeats.of_title(shapes.lines, among, shapes.document.metadata.get("title", ""))
        if rule.of == ("line",):
            return repeats.of_lines(shapes.lines, among)
        return repeats.of_passages(shapes.lines, among, rule.pattern)

    def _metadata(self, rule: Rule, hits: list[int], shapes: Shapes) -> int:
        metadata = shapes.document.metadata
        if not any(metadata.get(kind) for kind in rule.of):
            return 0
        among = shapes.holds(rule.when, shapes.all) & ~shapes.prose(LONG_PROSE)
        return repeats.of_metadata(shapes.lines, among, rule.of, metadata)


_KINDS: Mapping[str, Callable[[Finder, Rule, list[int], Shapes], int]] = {
    "block": Finder._block,
    "after": Finder._after,
    "tail": Finder._tail,
    "lines": Finder._lines,
    "repeat": Finder._repeat,
    "metadata": Finder._metadata,
}


def _by_condition(matching: Iterable[tuple[Rule, list[int]]]) -> Iterable[tuple[Rule, int]]:
    """Return for each condition one of the rules that ask for it, and the lines that any of them matches."""
    found: dict[int, tuple[Rule, int]] = {}
    for rule, matched in matching:
        first, among = found.get(id(rule.when), (rule, 0))
        found[id(rule.when)] = first, among | bits.these(matched)
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
