"""Rules in force: a rule set and what is selected of it."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase

import regex

from cleaner import matchers
from cleaner.errors import ConfigError, did_you_mean
from cleaner.prefilter import Index, index
from cleaner.shelf import Shelf, picked
from cleaner.types import Clues, Outline, Profile, Protection, Rule

PROFILES = {"safe": ("safe",), "aggressive": ("safe", "aggressive")}
#: Kinds whose pattern must match all of a line.
WHOLE_LINES = ("line", "after", "tail", "block")
#: Kinds whose pattern says how junk is worded.
WORDED = (*WHOLE_LINES, "span")
#: Kinds that begin with the lines that a pattern matches; ``repeat`` leaves what it matches out of a comparison.
PHRASES = (*WORDED, "repeat")


@dataclass(frozen=True, slots=True)
class RuleSet:
    """Rules ready to be applied: picklable, without compiled patterns, which each process builds as it needs them.

    ``clues`` holds for each rule what a line shows that its pattern matches; without literals the
    rule must be tried everywhere.
    """

    rules: Sequence[Rule]
    protections: tuple[Protection, ...]
    clues: Sequence[Clues]
    fingerprint: str
    profiles: Sequence[Profile] = ()
    #: The narrowest profile that was asked for; nothing: no rule was left out.
    profile: str = ""

    @property
    def wide(self) -> bool:
        """Whether more than the default profile holds."""
        return self.profile == "aggressive"

    @property
    def outlines(self) -> list[Outline]:
        """What is asked of every rule, in the order of the rules."""
        if isinstance(self.rules, Shelf):
            about = self.rules.about
            return [about.shapes[about.shape_of[number]] for number in self.rules.numbers]
        return list(map(outline, self.rules))

    @property
    def ids(self) -> list[str]:
        """The ids, in the order of the rules."""
        if isinstance(self.rules, Shelf):
            ids = self.rules.about.ids[0].split("\n")
            return [ids[number] for number in self.rules.numbers]
        return [rule.id for rule in self.rules]

    def of_kind(self, kind: str) -> list[Rule]:
        """Return the rules of one kind."""
        return [self.rules[number] for number, each in enumerate(self.outlines) if each.kind == kind]

    def matcher(self, number: int) -> regex.Pattern[str]:
        """Return the compiled pattern of the rule at that position."""
        rule = self.rules[number]
        if isinstance(self.rules, Shelf):
            return matchers.thawed(rule.pattern, self.rules.about.frozen[self.rules.numbers[number]])
        from cleaner import patterns

        return patterns.compiled(rule.pattern)

    def compiled(self, pattern: str) -> regex.Pattern[str]:
        """Return the compiled form of a pattern that goes with rules: a protection's, a block's end, what a line must not say."""
        if isinstance(self.rules, Shelf):
            about = self.rules.about
            return matchers.thawed(pattern, about.frozen[about.besides[pattern]] if pattern in about.besides else b"")
        from cleaner import patterns

        return patterns.compiled(pattern)

    def index(self) -> tuple[Index, Sequence[int]]:
        """Return which literals lead to which rules, and the numbers that the rules have there."""
        if isinstance(self.rules, Shelf):
            return self.rules.about.literals, self.rules.numbers
        return index(self.clues), range(len(self.rules))

    def select(self, select: Sequence[str] = (), ignore: Sequence[str] = (), profile: str = "safe") -> RuleSet:
        """Return the rule set less what the profile, ``select`` and ``ignore`` leave out.

        What was left out before stays out. Each name is a family, an id or a glob. Page profiles are content, not junk: ``select`` leaves
        them all in place, ``ignore`` takes them out by the same kinds of names. Raises ``ConfigError`` for a name that is none, and
        for an unknown profile.
        """
        if profile not in PROFILES:
            raise ConfigError(f'there is no profile "{profile}"{did_you_mean(profile, PROFILES)} (have: {", ".join(PROFILES)})')
        self._known(select)
        self._known(ignore)
        ids = self.ids if select or ignore else []
        chosen = array(
            "I",
            (
                number
                for number, rule in enumerate(self.outlines)
                if rule.confidence in PROFILES[profile]
                and (not select or named(ids[number], select))
                and not (ignore and named(ids[number], ignore))
            ),
        )
        choice = "" if not (select or ignore) and profile == "safe" else digest(*sorted(select), "", *sorted(ignore), "", profile)
        return replace(
            self.subset(chosen),
            fingerprint=f"{self.fingerprint}{choice}",
            profiles=tuple(profile for profile in self.profiles if not named(profile.id, ignore)) if ignore else self.profiles,
            profile="safe" if "safe" in (profile, self.profile) else profile,
        )

    def subset(self, positions: Sequence[int]) -> RuleSet:
        """Return the rule set with only the rules at those positions."""
        return replace(self, rules=picked(self.rules, positions), clues=picked(self.clues, positions))

    def protect(self, protections: Sequence[Protection]) -> RuleSet:
        """Return the rule set with more lines out of bounds."""
        if not protections:
            return self
        patterns = (
            part
            for each in protections
            for part in (each.pattern, f"{each.min_words} {each.inside} {each.below} {each.run}", *each.rules, *each.beside)
        )
        return replace(self, protections=(*self.protections, *protections), fingerprint=digest(self.fingerprint, *patterns))

    def rule(self, rule_id: str) -> Rule:
        """Return the rule of that id; raises ``ConfigError`` with the nearest id if there is none."""
        ids = self.ids
        if rule_id in ids:
            return self.rules[ids.index(rule_id)]
        raise ConfigError(f'there is no rule "{rule_id}"{did_you_mean(rule_id, ids)}')

    def _known(self, names: Sequence[str]) -> None:
        ids = [*self.ids, *(each.id for each in self.profiles)] if names else []
        for name in names:
            if not any(named(rule_id, [name]) for rule_id in ids):
                known = {*ids, *(rule_id.partition("/")[0] for rule_id in ids)}
                raise ConfigError(f'no rule or family is called "{name}"{did_you_mean(name, known)} (see `clean rules list`)')


def named(rule_id: str, names: Sequence[str]) -> bool:
    """Return whether one of the names is the id or its family, or a glob that matches it."""
    return any(name in (rule_id, rule_id.partition("/")[0]) or _fits(rule_id, name) for name in names)


def _fits(rule_id: str, name: str) -> bool:
    signs = [sign for sign in name if sign in "*?["]
    if signs == ["*"]:
        # Most globs have one star, and ``fnmatch`` compiles a pattern for each, which takes longer than all else here.
        begun, _, end = name.partition("*")
        return len(rule_id) >= len(name) - 1 and rule_id.startswith(begun) and rule_id.endswith(end)
    return bool(signs) and fnmatchcase(rule_id, name)


def outline(rule: Rule) -> Outline:
    """Return what is asked of every rule."""
    sites = [[str(site) for each in part if each.name == "sites" and not each.negated for site in each.args] for part in rule.when]
    only = tuple(dict.fromkeys(site for each in sites for site in each)) if all(sites) else ()
    return Outline(rule.kind, rule.confidence, bool(rule.pattern) and rule.kind in PHRASES, only)


def digest(*parts: str) -> str:
    """Return what tells these texts, in this order, from all others."""
    import hashlib

    digest = hashlib.sha256()
    for part in parts:
        digest.update(part.encode())
        digest.update(b"\0")
    return digest.hexdigest()
