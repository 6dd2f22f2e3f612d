"""Rules compared with rules: which lines each pattern matches, and which rule makes another one idle."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from cleaner.lines import Lines
from cleaner.listing import language
from cleaner.normalize import characters
from cleaner.prefilter import Prefilter
from cleaner.ruleset import WORDED, RuleSet
from cleaner.types import Rule

_RANKS = ("safe", "aggressive", "report")


class Matches:
    """The phrase rules of a library, asked which lines their patterns match, whatever their conditions say."""

    def __init__(self, ruleset: RuleSet) -> None:
        chosen = [at for at, rule in enumerate(ruleset.rules) if rule.kind in WORDED]
        self._rules = [ruleset.rules[at] for at in chosen]
        self._pattern = cache(lambda at: ruleset.matcher(chosen[at]))
        self._prefilter = Prefilter([ruleset.clues[at] for at in chosen])

    def rules(self, lines: Lines) -> dict[str, set[int]]:
        """Return for each rule whose pattern matches any of the lines those lines."""
        found: dict[str, set[int]] = {}
        for at, candidates in self._prefilter.candidates(lines.cores).items():
            rule = self._rules[at]
            pattern = self._pattern(at)
            for line in candidates:
                inside = rule.kind == "span"
                text = lines.content(line)[1] if inside else lines.cores[line]
                try:
                    hit = (pattern.search if inside else pattern.fullmatch)(text, timeout=1)
                except TimeoutError:
                    continue
                if hit:
                    found.setdefault(rule.id, set()).add(line)
        return found


def duplicates(asked: Sequence[Rule], rules: Sequence[Rule]) -> Iterator[tuple[Rule, Rule]]:
    """Yield the rules that an earlier rule repeats in all that makes it act, with that rule."""
    first: dict[tuple[object, ...], Rule] = {}
    wanted = {rule.id for rule in asked}
    for rule in rules:
        key = rule.kind, rule.pattern, rule.until, rule.of, rule.when
        other = first.setdefault(key, rule)
        if other is not rule and rule.id in wanted:
            yield rule, other


def shadows(asked: Sequence[Rule], ruleset: RuleSet) -> Iterator[tuple[Rule, Rule]]:
    """Yield the rules whose every example line another rule's pattern matches too, under no stricter conditions, with that rule.

    Of two that cover each other the later one is the idle one. Languages share words: a rule of one
    language is not held against one of another.
    """
    texts: list[str] = []
    owners: dict[str, set[int]] = {}
    for rule in ruleset.rules:
        if rule.kind not in WORDED or any(example.want is not None for example in rule.removes):
            continue
        for example in rule.removes:
            cores = Lines(characters(example.text)[0]).cores
            marks = cores if rule.kind in ("line", "span") else cores[:1]
            owners.setdefault(rule.id, set()).update(range(len(texts), len(texts) + len(marks)))
            texts += marks
    matched = Matches(ruleset).rules(Lines("\n".join(texts)))
    order = {rule.id: at for at, rule in enumerate(ruleset.rules)}
    for rule in asked:
        mine = owners.get(rule.id)
        if not mine:
            continue
        for other in ruleset.rules:
            if other.id == rule.id or not mine <= matched.get(other.id, set()) or not _covers(other, rule):
                continue
            if language(rule) and language(other) not in ("", language(rule)):
                continue
            mutual = _covers(rule, other) and owners.get(other.id, {-1}) <= matched.get(rule.id, set())
            if not mutual or order[other.id] < order[rule.id]:
                yield rule, other
                break


def _covers(other: Rule, rule: Rule) -> bool:
    """Return whether ``other`` acts wherever ``rule`` does, on lines that both match."""
    return (
        other.kind == rule.kind
        and other.kind != "block"
        and (not other.when or (bool(rule.when) and set(rule.when) <= set(other.when)))
        and _RANKS.index(other.confidence) <= _RANKS.index(rule.confidence)
        and other.max_lines >= rule.max_lines
        and other.max_prose_share >= rule.max_prose_share
        and other.cut >= rule.cut
        and other.company >= rule.company
        and (not other.most or 0 < rule.most <= other.most)
    )
