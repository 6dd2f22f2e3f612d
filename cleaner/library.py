"""The rule library as its tools see it: rules with their examples, the files they stand in, and which were asked for."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.errors import Problem, RuleError
from cleaner.loading import build, load
from cleaner.rulefile import RawRule, parse
from cleaner.rulefiles import rule_files, rule_paths, shipped_folder, sources
from cleaner.ruleset import RuleSet, named
from cleaner.types import Location, Protection, Rule

_SITES, _LANGS = "sites", "langs"


@dataclass(frozen=True, slots=True)
class Library:
    """All rules that stack up, and among them those of the files that a tool was asked about.

    ``files`` maps each rule file's path, as locations name it, to its text, in stacking order.
    ``left_out`` are the faults of files that nobody asked about and that were left aside for them.
    """

    ruleset: RuleSet
    asked: tuple[Rule, ...]
    files: Mapping[str, str]
    shipped: frozenset[str]
    left_out: tuple[Problem, ...] = ()

    @property
    def protections(self) -> tuple[Protection, ...]:
        """What no rule, or none of some rules, may touch."""
        return self.ruleset.protections

    @property
    def asked_files(self) -> list[str]:
        """The paths of the files that the rules asked for stand in."""
        return sorted({rule.location.path for rule in self.asked})

    def where(self, rule: Rule, text: str = "") -> Location:
        """Return the line of the rule's file on which an example of it begins, or the line on which the rule does."""
        first = next((line.strip() for line in text.split("\n") if line.strip()), "")
        lines = self.files.get(rule.location.path, "").split("\n")
        for number in range(rule.location.line + 1, len(lines) + 1):
            line = lines[number - 1]
            if line.startswith("[["):
                break
            if first and (first in line or first[:20] in line or first.replace('"', '\\"')[:20] in line):
                return Location(rule.location.path, number)
        return rule.location

    def definitions(self, rule_id: str) -> Iterator[RawRule]:
        """Yield every table that defines the rule of that id or changes it; the last one counts most."""
        name = rule_id.partition("/")[2]
        for path, text in self.files.items():
            if name in text:
                yield from (raw for raw in parse(text, path, Path(path).stem).rules if raw.id == rule_id)

    def in_full(self, rule_id: str) -> Rule:
        """Return the rule of that id with its examples, even if the library was read without them; raises ``ConfigError``."""
        rule = self.ruleset.rule(rule_id)
        for raw in self.definitions(rule_id):
            rule = replace(rule, **{name: raw.fields[name] for name in ("removes", "keeps") if name in raw.fields})
        return rule


def read(paths: Sequence[Path] = (), select: Sequence[str] = (), stacked: Sequence[Path] = (), examples: bool = True) -> Library:
    """Return the shipped library with ``stacked`` and then ``paths`` on top; asked for are the rules of ``paths``, or all.

    Paths inside the shipped library name its files and stack nothing twice. ``select`` narrows what is asked for to
    families, ids or globs. Without ``examples`` it is much faster. Raises ``RuleError`` with every fault of the files
    asked for, ``ConfigError`` for a path that is not there and for a name in ``select`` that names nothing.
    """
    home = shipped_folder().resolve()
    named_files = rule_files(paths)
    inside = [file.resolve() for file in named_files if file.resolve().is_relative_to(home)]
    outside = [file for file in named_files if not file.resolve().is_relative_to(home)]
    files = dict(sources([*stacked, *outside]))
    mine = {f"rules/{file.relative_to(home).as_posix()}" for file in inside} | {str(file) for file in outside}
    left_out: tuple[Problem, ...] = ()
    try:
        ruleset = load([*stacked, *outside], examples=examples)
    except RuleError as error:
        broken = {problem.location.path for problem in error.problems}
        if not mine or broken & mine:
            raise
        left_out = error.problems
        ruleset = build([(path, text) for path, text in files.items() if path not in broken])
    if select:
        ruleset.select(select)
    asked = [rule for rule in ruleset.rules if (not mine or rule.location.path in mine) and (not select or named(rule.id, select))]
    shipped = frozenset(name for name, _ in rule_paths()) - {str(file) for file in outside}
    return Library(ruleset, tuple(asked), files, shipped, left_out)


def home_of(rule: Rule) -> tuple[str | None, str | None]:
    """Return an address and a language of documents to which the rule applies; None: any."""
    found: dict[str, str] = {}
    for conjunction in rule.when:
        for each in conjunction:
            if each.name in (_SITES, _LANGS) and not each.negated:
                found.setdefault(each.name, str(each.args[0]))
    site = found.get(_SITES)
    return f"https://{site}/" if site else None, found.get(_LANGS)


def contextual(rule: Rule) -> bool:
    """Return whether the rule asks about a line's surroundings, so that the line alone can't show what it does."""
    return any(each.name not in (_SITES, _LANGS, "unless") for conjunction in rule.when for each in conjunction)
