"""Rules applied to a text: which spans they remove.

All rules look at the same lines; nothing is edited here. Phrase rules (``line``, ``span``,
``block``, ``after``, ``tail``) go through the prefilter and are confirmed by ``regex``; the others
look at shapes, repetition and metadata. Long prose goes only where a phrase rule names it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from fnmatch import fnmatchcase
from functools import cache

import regex

from cleaner import bits, repeats
from cleaner.errors import RuleTimeout
from cleaner.lines import Lines
from cleaner.prefilter import Prefilter
from cleaner.ruleset import RuleSet
from cleaner.shapes import LONG_PROSE, Shapes, in_language, on_site
from cleaner.spans import Span, resolve
from cleaner.types import Document, Rule

#: Seconds that one pattern may take on one line before the document counts as failed.
TIMEOUT = 2.0

#: Predicates of the document's origin, which spare a rule the matching.
_GATES: Mapping[str, Callable[..., bool]] = {"sites": on_site, "langs": in_language}
_ORDER = ("line", "span", "block", "after", "metadata", "repeat", "tail", "lines")

#: Rule position -> the lines its pattern matches, in order.
Hits = Mapping[int, list[int]]
#: What a line says -> the positions of the rules whose patterns match it.
Known = dict[str, list[int]]


class Finder:
    """A rule set made ready for one process; patterns compile when a document first needs them."""

    def __init__(self, ruleset: RuleSet, prefilter: Callable[..., Prefilter] = Prefilter) -> None:
        self._rules = ruleset.rules
        phrase = [number for number, rule in enumerate(self._rules) if rule.pattern and rule.kind in _PHRASES]
        self._phrases = phrase
        self._prefilter = prefilter([ruleset.literals[number] for number in phrase])
        ranked = [(number, rule) for number, rule in enumerate(self._rules) if rule.kind in _ORDER]
        self._ordered = sorted(ranked, key=lambda entry: _ORDER.index(entry[1].kind))
        self._shaped = [(number, rule) for number, rule in self._ordered if not (rule.pattern and rule.kind in _PHRASES)]
        self._protections = [(_compile(each.pattern).search, each.rules) for each in ruleset.protections]
        self._longest = ruleset.longest
        self._patterns: dict[str, regex.Pattern[str]] = {}

    def find(self, lines: Lines, document: Document, known: Known | None = None) -> list[Span]:
        """Return resolved spans of the text of ``lines`` that the rules remove.

        ``known`` carries what patterns match from one pass over a document to the next; give every
        document an empty one. Raises ``RuleTimeout`` if a pattern takes too long.
        """
        hits = self._remembered(lines, known) if known else None
        if hits is None:
            hits = self._hits(lines, document)
        shapes = Shapes(lines, document, cache(lambda kind: self._matched(kind, hits)))
        claimed: dict[int, Rule] = {}
        inside: list[Span] = []
        hit_rules = sorted(((number, self._rules[number]) for number in hits), key=lambda entry: (_ORDER.index(entry[1].kind), entry[0]))
        for number, rule in [*hit_rules, *self._shaped]:
            try:
                if rule.kind == "span":
                    allowed = shapes.holds(rule.when, bits.these(hits[number]))
                    inside += self._inside(rule, lines, allowed)
                    continue
                for line in bits.members(_KINDS[rule.kind](self, rule, hits.get(number, []), shapes)):
                    claimed.setdefault(line, rule)
            except TimeoutError:
                raise RuleTimeout(rule.id, TIMEOUT) from None
        whole = [(*lines.span(line), rule.id) for line, rule in claimed.items() if not self._protected(lines.raw(line), rule)]
        found = resolve([*whole, *inside])
        if found and known is not None:
            _remember(hits, lines, known)
        return found

    # -- phrases

    def _hits(self, lines: Lines, document: Document) -> Hits:
        hits = {}
        for position, candidates in self._prefilter.candidates(lines).items():
            number = self._phrases[position]
            rule = self._rules[number]
            if rule.when and not _applies(rule, document):
                continue
            pattern = self._pattern(rule.pattern)
            matches = pattern.search if rule.kind in _SEARCHED else pattern.fullmatch
            longest = self._longest[number]
            if longest is not None:
                candidates = [line for line in candidates if len(lines.cores[line]) <= longest]
            found = []
            try:
                for line in candidates:
                    text = lines.content(line)[1] if rule.kind == "span" else lines.cores[line]
                    if matches(text, timeout=TIMEOUT):
                        found.append(line)
            except TimeoutError:
                raise RuleTimeout(rule.id, TIMEOUT) from None
            if found:
                hits[number] = sorted(found)
        return hits

    def _remembered(self, lines: Lines, known: Known) -> Hits | None:
        """Return the hits of lines all of which were seen before; None: some were not."""
        hits: dict[int, list[int]] = {}
        for line in range(len(lines)):
            rules = known.get(lines.content(line)[1])
            if rules is None:
                return None
            for number in rules:
                hits.setdefault(number, []).append(line)
        return hits

    def _matched(self, kind: str, hits: Hits) -> int:
        return bits.these({line for number, found in hits.items() if self._rules[number].kind == kind for line in found})

    def _pattern(self, pattern: str) -> regex.Pattern[str]:
        compiled = self._patterns.get(pattern)
        if compiled is None:
            compiled = self._patterns[pattern] = _compile(pattern)
        return compiled

    def _inside(self, rule: Rule, lines: Lines, allowed: int) -> Iterator[Span]:
        for line in bits.members(allowed):
            if self._protected(lines.raw(line), rule):
                continue
            offset, content = lines.content(line)
            for match in self._pattern(rule.pattern).finditer(content, timeout=TIMEOUT):
                start, end = _with_space(content, *match.span())
                if not content[:start].strip() and end == len(content):
                    yield (*lines.span(line), rule.id)
                elif start < end:
                    yield offset + start, offset + end, rule.id

    def _protected(self, line: str, rule: Rule) -> bool:
        return any(
            any(fnmatchcase(rule.id, name) or name == rule.family for name in names) and search(line) for search, names in self._protections
        )

    # -- one method a kind: the lines that go

    def _line(self, rule: Rule, hits: list[int], shapes: Shapes) -> int:
        return shapes.holds(rule.when, bits.these(hits))

    def _block(self, rule: Rule, hits: list[int], shapes: Shapes) -> int:
        ends = self._pattern(rule.until).fullmatch
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
        zone = shapes.below(bits.these(hits), rule.max_prose_share)
        return shapes.holds(rule.when, zone & ~shapes.prose(LONG_PROSE))

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


#: Kinds with a pattern, which go through the prefilter; those that search inside a line, and those that see its decoration.
_PHRASES = ("line", "span", "block", "after", "tail", "repeat")
_SEARCHED = ("span", "repeat")
_KINDS: Mapping[str, Callable[[Finder, Rule, list[int], Shapes], int]] = {
    "line": Finder._line,
    "block": Finder._block,
    "after": Finder._after,
    "tail": Finder._tail,
    "lines": Finder._lines,
    "repeat": Finder._repeat,
    "metadata": Finder._metadata,
}


def _remember(hits: Hits, lines: Lines, known: Known) -> None:
    matched: dict[int, list[int]] = {}
    for number, found in hits.items():
        for line in found:
            matched.setdefault(line, []).append(number)
    for line in range(len(lines)):
        known[lines.content(line)[1]] = matched.get(line, [])


def _applies(rule: Rule, document: Document) -> bool:
    """Return whether one of the rule's conjunctions can hold for any line of the document at all."""
    return any(
        all(_GATES[each.name](document, *each.args) != each.negated for each in conjunction if each.name in _GATES)
        for conjunction in rule.when
    )


def _compile(pattern: str) -> regex.Pattern[str]:
    return regex.compile(pattern, regex.IGNORECASE, cache_pattern=False)


def _with_space(content: str, start: int, end: int) -> tuple[int, int]:
    """Widen a span inside a line so that one space, or none at the line's ends, is left in its place."""
    before = content[:start].rstrip()
    after = content[end:].lstrip()
    if not after:
        return len(before), len(content)
    if not before or content[start - 1 : start].isspace():
        return start, len(content) - len(after)
    return start, end
