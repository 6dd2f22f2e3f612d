"""Likely mistakes in rules that are valid all the same: too greedy, too slow, of no effect, not really tested.

Each check is a function that yields what it finds, in one rule (``CHECKS``) or in the library (``LIBRARY_CHECKS``).
"""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path, PurePosixPath

import regex

from cleaner import parts, samples, stress
from cleaner.casing import canonical
from cleaner.errors import Problem
from cleaner.library import Library, contextual
from cleaner.lines import Lines
from cleaner.overlap import Matches, duplicates, shadows
from cleaner.patterns import compiled
from cleaner.pipeline import Cleaner
from cleaner.report import counted, excerpt
from cleaner.rulefile import parse
from cleaner.rulefiles import shipped_folder
from cleaner.ruleset import WORDED, RuleSet
from cleaner.types import Document, Location, Rule

#: Share of a library's rules that may lack a required literal: each of them is tried on every line of every document.
MOST_WITHOUT_LITERAL = 0.02

_SCHEMA_LINE = regex.compile(r"#:schema (\S+)")
_CJK = r"[\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\u0e00-\u0e7f]"
_UNSPACED = regex.compile(_CJK)
_TOKENS = regex.compile(rf"{_CJK}|(?:(?!{_CJK})[^\W_])+|[\u00a9\u00ae\u2122@#%|<>/]")

#: The least that a pattern must say, in letters (see ``weight``): by itself, cut out of a sentence, under conditions.
_LEAST_ALONE, _LEAST_INSIDE, _LEAST_IN_PLACE = 4, 8, 1
#: A pattern that says less than this must not take along whatever stands around it,
_GENERIC = 12
#: and one that is a single word of fewer letters than this may be a heading or a list item somewhere,
_LONG_WORD = 9
#: and one that says less than this must have a near miss among its ``keeps``.
_COMMON = 20
_PROSE_BEFORE = (
    "the mayor told a packed hall on Tuesday that the bridge over the river will stay shut for as long as the engineers ask for it "
    "and that nobody should count on the winter timetable, "
)
_PROSE_BEHIND = (
    " while the ferry goes on running for those who work on the other side of the water, among them two hundred nurses and the men "
    "who mend the locks below the mill"
)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; a ``note`` is worth knowing and no mistake by itself."""

    check: str
    problem: Problem
    note: bool = False

    @property
    def named(self) -> Problem:
        """The problem with the name of the check, by which it can be left out."""
        return Problem(self.problem.location, f"{self.problem.message} ({self.check})", self.problem.rule)


def run(
    library: Library, corpus: Iterable[str] = (), skip: Collection[str] = (), tick: Callable[[], object] = lambda: None
) -> list[Finding]:
    """Return what the checks find in the rules asked for, in the order of their files.

    ``corpus`` holds texts; with any, rules that match no line of them are found, too. ``skip`` names checks to leave
    out. ``tick`` is called once a rule.
    """
    found: list[Finding] = []
    for rule in library.asked:
        facts = _Facts(rule, library)
        for name, check in CHECKS.items():
            if name not in skip:
                found += [Finding(name, problem) for problem in check(facts)]
        tick()
    for name, whole in LIBRARY_CHECKS.items():
        if name not in skip:
            found += whole(library)
    if "dead" not in skip:
        found += _dead(library, corpus)
    return sorted(found, key=lambda each: (each.problem.location.path, each.problem.location.line))


class _Facts:
    """One rule, and what several checks want to know of it."""

    def __init__(self, rule: Rule, library: Library) -> None:
        self.rule = rule
        self.library = library
        self.in_place = contextual(rule) or any(each.name == "sites" for conjunction in rule.when for each in conjunction)

    @cached_property
    def literals(self) -> tuple[str, ...]:
        """The texts one of which is in every match, or nothing."""
        at = self.library.ruleset.rules.index(self.rule)
        return self.library.ruleset.clues[at].literals or ()

    @cached_property
    def patterns(self) -> list[tuple[str, bool]]:
        """The rule's patterns that text is matched with, and whether that is a whole line."""
        rule = self.rule
        found = [(rule.pattern, rule.kind != "span")] if rule.pattern and rule.kind in WORDED else []
        found += [(rule.pattern, False)] if rule.pattern and rule.kind == "repeat" else []
        found += [(rule.until, True)] if rule.until else []
        found += [(str(each.args[0]), False) for conjunction in rule.when for each in conjunction if each.name == "unless"]
        return list(dict.fromkeys(found))

    @cached_property
    def least(self) -> str | None:
        """One of the shortest texts that the pattern matches, if one can be made."""
        if self.rule.kind not in WORDED:
            return None
        found = samples.shortest(self.rule.pattern)
        return found if found is not None else min(samples.at_random(self.rule.pattern, 40), key=len, default=None)

    def problem(self, message: str, text: str = "") -> Problem:
        """Return a problem of the rule, at the example ``text`` if there is one."""
        return Problem(self.library.where(self.rule, text), message, self.rule.id)


def weight(text: str) -> int:
    """Return how much a text says, in letters: one of a script without spaces counts for three, a symbol for twelve."""
    return sum(12 if unicodedata.category(mark) == "So" else 3 if _UNSPACED.match(mark) else int(mark.isalnum()) for mark in text)


# -- checks of one rule


def _empty(facts: _Facts) -> Iterator[Problem]:
    for pattern, whole in facts.patterns:
        matcher = compiled(pattern)
        if matcher.fullmatch("") or (not whole and (found := matcher.search("x 1")) and not found[0]):
            yield facts.problem(f"matches the empty text: {excerpt(pattern)}")


def _too_short(facts: _Facts) -> Iterator[Problem]:
    if facts.least is None or not facts.least:
        return
    kind = facts.rule.kind
    least = _LEAST_IN_PLACE if facts.in_place else _LEAST_INSIDE if kind == "span" else _LEAST_ALONE
    one_word = kind == "line" and not facts.in_place and facts.least.strip().isalpha() and len(_TOKENS.findall(facts.least)) == 1
    if weight(facts.least) < least or (one_word and weight(facts.least) < _LONG_WORD):
        hint = "" if facts.in_place else ' whatever stands around it: let it match more, or give it a "when"'
        yield facts.problem(f'matches as little as "{facts.least}"{hint}')


def _unanchored(facts: _Facts) -> Iterator[Problem]:
    """A pattern that says little and lets prose stand before or behind it takes articles' own sentences."""
    least, rule = facts.least, facts.rule
    if not least or facts.in_place or rule.kind not in ("line", "after", "block") or weight(least) >= _GENERIC:
        return
    match = compiled(rule.pattern).fullmatch
    for text in (_PROSE_BEFORE + least, least + _PROSE_BEHIND):
        if match(text, timeout=1):
            yield facts.problem(f'is unanchored and generic: it matches "{text}"; say more, bound the wildcard, or give it a "when"')


def _keyword(facts: _Facts) -> Iterator[Problem]:
    keywords = [canonical(keyword) for keyword in facts.rule.keywords]
    if not keywords or facts.rule.kind not in WORDED:
        return
    texts = [*samples.at_random(facts.rule.pattern, 60), *([facts.least] if facts.least else [])]
    for text in texts:
        if not any(keyword in canonical(text) for keyword in keywords):
            yield facts.problem(f'matches "{excerpt(text)}", in which none of its keywords is: it would never be found there')
            return


def _slow(facts: _Facts) -> Iterator[Problem]:
    for pattern, whole in facts.patterns:
        if worst := stress.slowest(pattern, whole):
            seconds, text = worst
            spent = f'{seconds:.2f} s or more on {len(text)} characters such as "{excerpt(text)}"'
            yield facts.problem(f"is slow: {spent}; avoid repeats inside repeats and side by side")


def _exercise(facts: _Facts) -> Iterator[Problem]:
    """Examples that would pass whatever the rule did."""
    rule = facts.rule
    texts = [example.text for example in rule.removes]
    for number, text in enumerate(texts):
        if _same(text) in map(_same, texts[:number]):
            yield facts.problem(f'removes: "{excerpt(text)}" exercises nothing that another example does not', text)
    for example in rule.removes:
        if example.want is not None and not _takes_part(facts, Document("", example.text, example.url, dict(example.metadata))):
            yield facts.problem("removes: this document comes out the same without the rule", example.text)
    if rule.kind not in WORDED:
        return
    said = _stems("\n".join([rule.pattern, rule.until, *texts]))
    shared = [len(said & _stems(text)) for text in rule.keeps]
    for text, count in zip(rule.keeps, shared, strict=True):
        if not count:
            yield facts.problem(f'keeps: "{excerpt(text)}" exercises nothing: it shares no word with the rule', text)
    if not facts.in_place and rule.kind in ("line", "span") and facts.least and weight(facts.least) < _COMMON:
        wanted = min(2, len(_stems(facts.least)))
        if max(shared, default=0) < wanted and facts.literals:
            yield facts.problem(f"keeps: none nearly matches the pattern, which is generic; add one with {_quoted(facts.literals)} in it")


def _takes_part(facts: _Facts, document: Document) -> bool:
    if facts.rule.kind == "html":
        return True  # Its examples are run with this rule alone.
    ruleset = facts.library.ruleset
    profile = "aggressive" if facts.rule.confidence == "aggressive" else "safe"
    cleaned = Cleaner(ruleset, profile=profile, max_removed=1.0).clean(document)
    if any(removal.rule == facts.rule.id for removal in cleaned.removals):
        return True
    return Cleaner(ruleset, ignore=[facts.rule.id], profile=profile, max_removed=1.0).clean(document).text != cleaned.text


def _prefix(facts: _Facts) -> Iterator[Problem]:
    path = PurePosixPath(facts.rule.location.path)
    language = path.parent.name
    if str(path) not in facts.library.shipped:
        return
    name = facts.rule.id.partition("/")[2]
    if len(language) == 2 and not name.startswith(f"{language}-"):
        yield facts.problem(f'stands in the folder of "{language}": call it "{language}-{name}"')


def _site(facts: _Facts) -> Iterator[Problem]:
    if PurePosixPath(facts.rule.location.path).parent.name == "sites" and facts.rule.kind != "html":
        scoped = facts.rule.when and all(any(each.name == "sites" for each in conjunction) for conjunction in facts.rule.when)
        if not scoped:
            yield facts.problem('stands in the folder of site rules but applies everywhere: give it, or its file, "sites"')


Check = Callable[[_Facts], Iterable[Problem]]
CHECKS: Mapping[str, Check] = {
    "empty": _empty,
    "too-short": _too_short,
    "unanchored": _unanchored,
    "keyword": _keyword,
    "slow": _slow,
    "exercise": _exercise,
    "prefix": _prefix,
    "site": _site,
}

# -- checks of a library


def _duplicate(library: Library) -> Iterator[Finding]:
    mine = library.asked_files
    first: dict[tuple[bool, str], object] = {}
    for path, text in library.files.items():
        for raw in parse(text, path, Path(path).stem).rules:
            key = path in library.shipped, raw.id
            if key in first and path in mine:
                message = f"is defined at {first[key]} already, which it changes without a word"
                yield Finding("duplicate", Problem(raw.location, message, raw.id))
            first.setdefault(key, raw.location)
    for rule, other in duplicates(library.asked, library.ruleset.rules):
        yield Finding("duplicate", Problem(rule.location, f"has the same pattern as {other.id} ({other.location})", rule.id))


def _shadowed(library: Library) -> Iterator[Finding]:
    for rule, other in shadows(library.asked, library.ruleset):
        message = f"is shadowed: {other.id} ({other.location}) takes all its examples; drop it, or show what only it takes"
        yield Finding("shadowed", Problem(rule.location, message, rule.id))


def _no_literal(library: Library) -> Iterator[Finding]:
    ruleset: RuleSet = library.ruleset
    bare = {rule.id for rule, each in zip(ruleset.rules, ruleset.clues, strict=True) if each.literals is None and rule.kind in WORDED}
    many = len(bare) > MOST_WITHOUT_LITERAL * len(ruleset.rules)
    for rule in library.asked:
        if rule.id in bare:
            message = "has no text that is in every match, so it is tried on every line; let each alternative hold a word"
            if many:
                message += f" ({len(bare) / len(ruleset.rules):.1%} of all rules are like this, {MOST_WITHOUT_LITERAL:.0%} may be)"
            yield Finding("no-literal", Problem(rule.location, message, rule.id), note=not many)


def _protect(library: Library) -> Iterator[Finding]:
    for each in library.protections:
        if compiled(each.pattern).search(""):
            yield Finding("protect", Problem(each.location, "protects every line: its pattern matches the empty text"))


def _schema_line(library: Library) -> Iterator[Finding]:
    """Editors find the schema by the path in a file's first line, which is relative to the file."""
    for path in library.asked_files:
        named = _SCHEMA_LINE.match(library.files.get(path, ""))
        if named and "://" not in named[1]:
            folder = (shipped_folder() / PurePosixPath(path).relative_to("rules") if path in library.shipped else Path(path)).parent
            if not (folder / named[1]).is_file():
                yield Finding("schema-line", Problem(Location(path, 1), f'names a schema that is not there: "{named[1]}"'))


def _unused_part(library: Library) -> Iterator[Finding]:
    for path in library.asked_files:
        for problem in parts.unused(library.files.get(path, ""), path):
            yield Finding("unused-part", problem)


def _dead(library: Library, corpus: Iterable[str]) -> Iterator[Finding]:
    matches = Matches(library.ruleset)
    alive: set[str] = set()
    documents = 0
    for text in corpus:
        documents += 1
        alive.update(matches.rules(Lines(text)))
    for rule in library.asked if documents else ():
        if rule.kind in WORDED and rule.id not in alive:
            yield Finding(
                "dead", Problem(rule.location, f"is dead on this corpus: it matches no line of {counted(documents, 'document')}", rule.id)
            )


LIBRARY_CHECKS: Mapping[str, Callable[[Library], Iterable[Finding]]] = {
    "duplicate": _duplicate,
    "shadowed": _shadowed,
    "no-literal": _no_literal,
    "protect": _protect,
    "schema-line": _schema_line,
    "unused-part": _unused_part,
}

#: The names of all checks.
NAMES = (*CHECKS, *LIBRARY_CHECKS, "dead")


# -- texts compared


def _same(text: str) -> str:
    return " ".join(canonical(text).split())


def _stems(text: str) -> set[str]:
    """Return the first letters of the words of a text, which most inflected forms of a word share; pairs in scripts without spaces."""
    words = _TOKENS.findall(canonical(text))
    return {word[:4] for word in words if len(word) > 1 or not word.isalnum()} | {word for word in words if _UNSPACED.match(word)}


def _quoted(literals: Sequence[str]) -> str:
    return " or ".join(f'"{literal.strip()}"' for literal in literals[:3]) + (" or ..." if len(literals) > 3 else "")
