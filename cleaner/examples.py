"""The rules' own examples, run: what must go goes, what must stay stays, and twice is the same as once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner.errors import Problem, ReadError, RuleTimeout
from cleaner.library import Library, contextual, home_of
from cleaner.lines import LineNumbers, Lines
from cleaner.matchers import TIMEOUT
from cleaner.normalize import characters, normalize
from cleaner.patterns import compiled
from cleaner.pipeline import Cleaner
from cleaner.readers import read_file
from cleaner.report import excerpt
from cleaner.ruleset import PROFILES, named
from cleaner.types import Cleaned, Document, Example, Location, Rule

#: Nothing is refused: an example may be all junk.
_ALL = 1.0
#: What must stand above a ``tail`` marker before it counts: an article.
_ARTICLE = "".join(
    f"The {which} of the nine old bridges over the Varn was closed on Monday, and the carts that crossed it now wait for the ferry.\n\n"
    for which in ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth")
)
_MARKERS = ("after", "tail", "block")
_PATTERNED = ("line", "span", *_MARKERS)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What was run, and what was found wrong."""

    rules: int = 0
    examples: int = 0
    documents: int = 0
    problems: tuple[Problem, ...] = ()


def run(library: Library, clean: Sequence[Path] = (), tick: Callable[[], object] = lambda: None) -> Outcome:
    """Run the examples of the rules asked for, and clean the known-clean documents ``clean`` with the default profile.

    ``tick`` is called once a rule. Nothing raises: a rule that runs out of time is a problem like any other.
    """
    bench = _Bench(library)
    problems: list[Problem] = []
    examples = 0
    for rule in library.asked:
        examples += len(rule.removes) + len(rule.keeps)
        problems += bench.elements(rule) if rule.kind == "html" else bench.rule(rule)
        tick()
    for path in clean:
        problems += bench.clean_document(path)
    return Outcome(len(library.asked), examples, len(clean), tuple(problems))


class _Bench:
    """The library made ready in both profiles, and the checks, each of which yields what it finds wrong."""

    def __init__(self, library: Library) -> None:
        self._library = library
        self._cleaners = {profile: Cleaner(library.ruleset, profile=profile, max_removed=_ALL) for profile in PROFILES}
        self._rules = {rule.id: rule for rule in library.ruleset.rules}
        self._places = {rule.id: at for at, rule in enumerate(library.ruleset.rules)}
        self._asked = {rule.id for rule in library.asked}
        # An example alone is no document of a kind, and no row of lines.
        shields = [each for each in library.protections if not each.beside and not each.run]
        self._protections = [(compiled(each.pattern), each) for each in shields]

    def rule(self, rule: Rule) -> Iterator[Problem]:
        """Run the examples of one rule."""
        for example in rule.removes:
            try:
                yield from self._whole(rule, example) if example.want is not None else self._goes(rule, example)
            except (RuleTimeout, TimeoutError):
                yield self._problem(rule, example.text, f"removes: {_TOO_LONG}")
        for text in rule.keeps:
            try:
                yield from self._stays(rule, text)
            except (RuleTimeout, TimeoutError):
                yield self._problem(rule, text, f"keeps: {_TOO_LONG}")

    def elements(self, rule: Rule) -> Iterator[Problem]:
        """Run the examples of a rule for HTML, whose texts are markup: alone what it removes, with all others what it keeps."""
        from cleaner.html.prune import pruned

        everywhere = [each for each in self._rules.values() if each.kind == "html" and (each is rule or not each.when)]
        for example in rule.removes:
            left, want = pruned(example.text, [rule]), pruned(example.want or "", [])
            if left.strip() != want.strip():
                yield self._problem(rule, example.text, f'removes: what is left is "{excerpt(left)}" instead of "{excerpt(want)}"')
        for text in rule.keeps:
            left = pruned(text, everywhere)
            if left != pruned(text, []):
                yield self._problem(rule, text, f'keeps: what is left of "{excerpt(text)}" is "{excerpt(left)}"')

    def clean_document(self, path: Path) -> Iterator[Problem]:
        """Clean a document that is known to hold no junk; nothing may go."""
        try:
            document = read_file(path).document
            cleaned = self._cleaners["safe"].clean(document)
        except (ReadError, RuleTimeout) as error:
            yield Problem(Location(str(path), 1), f"cannot be tested: {error}")
            return
        numbers = LineNumbers(document.text)
        for removal in cleaned.removals:
            if removal.rule not in self._asked:
                continue
            place = self._rules[removal.rule].location
            message = f'is clean, but {place} takes "{excerpt(removal.text)}"'
            yield Problem(Location(str(path), numbers.of(removal.start)), message, removal.rule)

    # -- removes

    def _whole(self, rule: Rule, example: Example) -> Iterator[Problem]:
        url, language = home_of(rule)
        metadata = dict(example.metadata) or ({"language": language} if language else {})
        document = Document("", example.text, example.url or url, metadata)
        cleaner = self._cleaners["aggressive" if rule.confidence == "aggressive" else "safe"]
        cleaned = self._alone(rule).clean(document) if rule.confidence == "report" else cleaner.clean(document)
        want = normalize(example.want or "")
        if cleaned.text != want:
            yield self._problem(rule, example.text, f"removes: {_difference(cleaned, want)}")
        yield from self._twice(rule, document)

    def _goes(self, rule: Rule, example: Example) -> Iterator[Problem]:
        lines = Lines(characters(example.text)[0])
        if not len(lines):
            yield self._problem(rule, "", "removes: an example without any words exercises nothing")
            return
        unmatched = [lines.cores[line] for line in _unmatched(rule, lines)]
        for core in unmatched:
            seen = "" if rule.kind == "span" else _AS_SEEN
            yield self._problem(rule, example.text, f'removes: the pattern does not match "{excerpt(core)}"{seen}')
        for pattern, shield in self._protections:
            if named(rule.id, shield.rules) and any(pattern.search(lines.raw(line)) for line in range(len(lines))):
                message = f'removes: "{excerpt(example.text)}" is shielded by the [[protect]] at {shield.location}'
                yield self._problem(rule, example.text, message)
        if not unmatched and not contextual(rule):
            yield from self._goes_alone(rule, example.text)
        yield from self._twice(rule, self._document(rule, example.text))

    def _goes_alone(self, rule: Rule, text: str) -> Iterator[Problem]:
        above = _ARTICLE if rule.kind == "tail" else ""
        document = self._document(rule, above + text)
        if rule.kind == "metadata":
            document = replace(document, metadata={**document.metadata, **dict.fromkeys(rule.of, text)})
        left = self._alone(rule).clean(document).text.removeprefix(above.rstrip() + "\n").strip()
        if left:
            message = f'removes: the rule alone leaves "{excerpt(left)}"; to show more than lines that go, give {{ from = ..., to = ... }}'
            yield self._problem(rule, text, message)

    # -- keeps

    def _stays(self, rule: Rule, text: str) -> Iterator[Problem]:
        cleaned = self._cleaners["aggressive"].clean(self._document(rule, text))
        for removal in cleaned.removals:
            other = self._rules[removal.rule]
            who = "the rule" if other is rule else f"{other.id} ({other.location})"
            yield self._problem(rule, text, f'keeps: {who} takes "{excerpt(removal.text)}"')
        if rule.kind == "tail" and not contextual(rule) and self._alone(rule).clean(self._document(rule, _ARTICLE + text)).removals:
            yield self._problem(rule, text, f'keeps: below an article the rule takes "{excerpt(text)}"')

    # -- what they share

    def _twice(self, rule: Rule, document: Document) -> Iterator[Problem]:
        cleaner = self._cleaners["aggressive"]
        again = cleaner.clean(replace(document, text=cleaner.clean(document).text))
        if again.changed:
            takers = ", ".join(sorted({removal.rule for removal in again.removals})) or "normalization"
            yield self._problem(rule, document.text, f"removes: cleaned twice is not the same as cleaned once ({takers})")

    def _alone(self, rule: Rule) -> Cleaner:
        only = self._library.ruleset.subset([self._places[rule.id]])
        return Cleaner(replace(only, rules=(replace(rule, confidence="safe"),), protections=()), max_removed=_ALL)

    def _document(self, rule: Rule, text: str) -> Document:
        url, language = home_of(rule)
        return Document("", text, url, {"language": language} if language else {})

    def _problem(self, rule: Rule, text: str, message: str) -> Problem:
        return Problem(self._library.where(rule, text), message, rule.id)


_TOO_LONG = "a pattern runs out of time on it; see `clean rules lint`"
_AS_SEEN = " (as seen: folded, without what decorates its ends)"


def _unmatched(rule: Rule, lines: Lines) -> Iterable[int]:
    """Return the lines that the rule's pattern would have to match and does not."""
    if rule.kind not in _PATTERNED:
        return []
    pattern = compiled(rule.pattern)
    if rule.kind == "span":
        return [line for line in range(len(lines)) if not pattern.search(lines.content(line)[1], timeout=TIMEOUT)]
    whole = range(len(lines)) if rule.kind == "line" else [0]
    found = [line for line in whole if not pattern.fullmatch(lines.cores[line], timeout=TIMEOUT)]
    if rule.kind == "block" and not compiled(rule.until).fullmatch(lines.cores[-1], timeout=TIMEOUT):
        found.append(len(lines) - 1)
    return found


def _difference(cleaned: Cleaned, want: str) -> str:
    """Say where the cleaned text first departs from the wanted one."""
    have, wanted = cleaned.text.split("\n"), want.split("\n")
    number = next((at for at, pair in enumerate(zip(have, wanted, strict=False)) if pair[0] != pair[1]), min(len(have), len(wanted)))
    got = f'"{excerpt(have[number])}"' if number < len(have) else "the end"
    due = f'"{excerpt(wanted[number])}"' if number < len(wanted) else "the end"
    takers = ", ".join(sorted({removal.rule for removal in cleaned.removals})) or "no rule"
    return f"line {number + 1} of the result is {got} instead of {due} (removed something: {takers})"
