"""Phrase rules and lines: whose pattern matches which lines, whatever else the rule asks.

Lines go through the prefilter and are confirmed by ``regex``. What a line says decides alone, so a
line that comes again is not looked at again: within a document, and, since menus and labels recur on every
page of a site, from one document to the next.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple

import regex

from cleaner.errors import RuleTimeout
from cleaner.lines import Lines
from cleaner.matchers import TIMEOUT
from cleaner.origin import domains, in_language, on_site
from cleaner.prefilter import Candidates
from cleaner.ruleset import RuleSet
from cleaner.types import Document, Predicate

#: Predicates of the document's origin, which spare a rule everything else.
_GATES: Mapping[str, Callable[..., bool]] = {"sites": on_site, "langs": in_language}
#: Kinds whose pattern is looked for inside a line.
_SEARCHED = ("span", "repeat")
#: Lines of at most so many code points are remembered from one document to the next, and at most so many of them: some megabytes.
_SHORT = 100
_REMEMBERED = 30_000

#: Rule position -> the lines its pattern matches, in order.
Hits = Mapping[int, list[int]]
#: What a line says -> the positions of the rules whose patterns match it.
Known = dict[str, tuple[int, ...]]


class Trial(NamedTuple):
    """How a rule is tried on a line: its pattern, by which method, and whether on the line's core alone.

    ``gates`` is what the rule asks of a document's origin, a list a conjunction; nothing: some conjunction asks for none.
    """

    pattern: regex.Pattern[str]
    matches: Callable[..., object]
    whole: bool
    gates: list[list[Predicate]]


class Phrases:
    """The phrase rules of a rule set; patterns compile when a document first needs them."""

    def __init__(self, ruleset: RuleSet, make: Callable[..., Candidates]) -> None:
        self._ruleset = ruleset
        self._make = make
        self._of_site: dict[str, list[int]] = {}
        literals, known = ruleset.index()
        everywhere = array("i", [-1]) * literals.rules
        for number, (rule, in_index) in enumerate(zip(ruleset.outlines, known, strict=True)):
            if rule.phrase:
                for site in rule.sites:
                    self._of_site.setdefault(site, []).append(number)
                if not rule.sites:
                    everywhere[in_index] = number
        self._main = make(ruleset.clues, literals, everywhere)
        self._sited: dict[tuple[int, ...], Candidates] = {}
        self._trials: dict[int, Trial] = {}
        self._recent: Known = {}

    def hits(self, lines: Lines, document: Document, known: Known) -> Hits:
        """Return the rules that match lines; ``known`` is what is known of the document's lines. Raises ``RuleTimeout``."""
        new = {text: line for line, text in enumerate(lines.written) if text not in known}
        if new:
            self._look(new, lines, document, known)
        hits: dict[int, list[int]] = {}
        for line, text in enumerate(lines.written):
            for number in known[text]:
                hits.setdefault(number, []).append(line)
        return {number: found for number, found in hits.items() if _applies(self.trial(number).gates, document)}

    def trial(self, number: int) -> Trial:
        """Return how to try the rule's pattern on a line."""
        made = self._trials.get(number)
        if made is not None:
            return made
        rule = self._ruleset.rules[number]
        pattern = self._ruleset.matcher(number)
        matches = pattern.search if rule.kind in _SEARCHED else pattern.fullmatch
        gates = [[each for each in conjunction if each.name in _GATES] for conjunction in rule.when]
        made = self._trials[number] = Trial(pattern, matches, rule.kind != "span", gates if all(gates) else [])
        return made

    def _look(self, new: Mapping[str, int], lines: Lines, document: Document, known: Known) -> None:
        """Find out about lines that are new to the document."""
        recent = self._recent
        if len(recent) > _REMEMBERED:
            recent.clear()
        remembered = {text: rules for text in new if (rules := recent.get(text)) is not None}
        unseen = {text: line for text, line in new.items() if text not in remembered} if remembered else new
        found = self._matching(self._main, range(len(self._ruleset.rules)), lines, unseen)
        known.update(remembered)
        known.update(found)
        recent.update((text, rules) for text, rules in found.items() if len(text) <= _SHORT)
        sited = tuple(sorted({number for site in domains(document) for number in self._of_site.get(site, ())}))
        if sited:
            if sited not in self._sited:
                self._sited[sited] = self._make([self._ruleset.clues[number] for number in sited])
            for text, rules in self._matching(self._sited[sited], sited, lines, new).items():
                known[text] += rules

    def _matching(self, prefilter: Candidates, numbers: Sequence[int], lines: Lines, among: Mapping[str, int]) -> Known:
        """Return for each of the lines the rules that match it; ``numbers`` are those of the prefilter's rules."""
        places = list(among.values())
        matched: dict[int, list[int]] = {}
        for position, candidates in prefilter.candidates([lines.cores[line] for line in places]).items():
            number = numbers[position]
            for line in self._confirmed(number, lines, [places[at] for at in candidates]):
                matched.setdefault(line, []).append(number)
        return {text: tuple(matched.get(line, ())) for text, line in among.items()}

    def _confirmed(self, number: int, lines: Lines, candidates: Iterable[int]) -> list[int]:
        _, matches, whole, _ = self.trial(number)
        texts = lines.cores if whole else lines.contents
        try:
            return [line for line in candidates if matches(texts[line], timeout=TIMEOUT)]
        except TimeoutError:
            raise RuleTimeout(self._ruleset.rules[number].id, TIMEOUT) from None


def _applies(gates: list[list[Predicate]], document: Document) -> bool:
    """Return whether one of the conjunctions can hold for any line of the document at all."""
    return not gates or any(all(_GATES[each.name](document, *each.args) != each.negated for each in conjunction) for conjunction in gates)
