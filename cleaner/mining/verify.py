"""Candidates put to the test as rule files are: those whose examples fail, or in which lint finds a mistake, are not proposed."""

from __future__ import annotations

import tempfile
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner import examples, library, lint
from cleaner.errors import RuleTimeout
from cleaner.mining import write
from cleaner.mining.model import Candidate
from cleaner.pipeline import Cleaner
from cleaner.ruleset import RuleSet
from cleaner.types import Document, Rule

_FAMILY = "mined"
#: Candidates that are tested at once, unless those of a site are more: each takes some 25 kB.
_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Verified:
    """The candidates that pass, and what was found wrong with others, counted."""

    candidates: tuple[Candidate, ...]
    reasons: Counter[str]


def verified(candidates: Sequence[Candidate], rules: Sequence[Path] = ()) -> Verified:
    """Return the candidates that pass `clean rules test` and `clean rules lint` on top of the shipped rules and ``rules``.

    Of the texts that a candidate would keep those stay that no rule at all touches. Candidates for any site are tested
    first, a bounded number of them, and then those for the same sites together, with the former at work.
    """
    everywhere = [each for each in candidates if not each.sites]
    reasons = Counter({"one of too many for any site": max(0, len(everywhere) - _AT_ONCE)})
    passed: dict[str, Candidate] = {}
    with tempfile.TemporaryDirectory(prefix="clean-mine-") as folder:
        stacked = [*rules]
        for number, batch in enumerate([everywhere[:_AT_ONCE], *_batches([each for each in candidates if each.sites])]):
            found = _tested(batch, stacked)
            reasons.update(found.reasons)
            passed.update((each.name, each) for each in found.candidates)
            if not number and found.candidates:
                stacked.append(Path(folder) / f"{_FAMILY}.toml")
                stacked[-1].write_text(write.file(found.candidates, stacked[-1].name), "utf-8")
    return Verified(tuple(passed[each.name] for each in candidates if each.name in passed), +reasons)


def _batches(candidates: Sequence[Candidate]) -> list[list[Candidate]]:
    """Return the candidates in few batches, those that have a site in common in one."""
    home: dict[str, str] = {}

    def root(site: str) -> str:
        while home.setdefault(site, site) != site:
            site = home[site]
        return site

    for candidate in candidates:
        for site in candidate.sites:
            home[root(site)] = root(candidate.sites[0])
    groups: dict[str, list[Candidate]] = {}
    for candidate in candidates:
        groups.setdefault(root(candidate.sites[0]), []).append(candidate)
    batches: list[list[Candidate]] = []
    for group in groups.values():
        if batches and len(batches[-1]) + len(group) <= _AT_ONCE:
            batches[-1] += group
        else:
            batches.append([*group])
    return batches


def _tested(candidates: Sequence[Candidate], rules: Sequence[Path]) -> Verified:
    reasons: Counter[str] = Counter()
    if not candidates:
        return Verified((), reasons)
    with tempfile.TemporaryDirectory(prefix="clean-mine-") as folder:
        file = Path(folder) / f"{_FAMILY}.toml"
        # Examples that stay are chosen with all the rules at work, and those need the file to be there.
        file.write_text(write.file(candidates, file.name), "utf-8")
        ruleset = library.read([file], stacked=rules, examples=False).ruleset
        cleaner = Cleaner(_at_work(ruleset), profile="aggressive", max_removed=1.0)
        everywhere = [rule for rule in ruleset.rules if rule.kind == "html" and not rule.when]
        mined = {rule.id: rule for rule in ruleset.rules if rule.family == _FAMILY}
        chosen = [
            _with_markup(each, [*everywhere, mined[f"{_FAMILY}/{each.name}"]]) if each.kind == "html" else _with_keeps(each, cleaner)
            for each in candidates
        ]
        left = [each for each in chosen if each.keeps]
        reasons["nothing nearly matches that would stay"] += len(chosen) - len(left)
        file.write_text(write.file(left, file.name), "utf-8")
        read = library.read([file], stacked=rules)
        wrong: dict[str, str] = {}
        for problem in examples.run(read).problems:
            if problem.rule:
                wrong.setdefault(problem.rule, f"its examples fail: {problem.message.partition(':')[0]}")
        for finding in lint.run(read):
            if not finding.note and finding.problem.rule:
                wrong.setdefault(finding.problem.rule, f"lint: {finding.check}")
    passed = [each for each in left if f"{_FAMILY}/{each.name}" not in wrong]
    reasons.update(wrong.values())
    return Verified(tuple(passed), +reasons)


def _at_work(ruleset: RuleSet) -> RuleSet:
    """Return the rule set with the candidates doing what they would do once they are accepted."""
    rules = tuple(replace(rule, confidence="safe") if rule.family == _FAMILY else rule for rule in ruleset.rules)
    return replace(ruleset, rules=rules)


def _with_keeps(candidate: Candidate, cleaner: Cleaner) -> Candidate:
    url = f"https://{candidate.sites[0]}/" if candidate.sites else None
    kept = [text for text in candidate.keeps if _stays(text, url, cleaner)]
    return replace(candidate, keeps=tuple(kept))


def _with_markup(candidate: Candidate, rules: Sequence[Rule]) -> Candidate:
    from cleaner.html.prune import pruned

    return replace(candidate, keeps=tuple(text for text in candidate.keeps if pruned(text, rules) == pruned(text, [])))


def _stays(text: str, url: str | None, cleaner: Cleaner) -> bool:
    try:
        return cleaner.clean(Document("", text, url)).text.strip() == text.strip()
    except RuleTimeout:
        return False
