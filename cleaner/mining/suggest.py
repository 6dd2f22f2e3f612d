"""One bad line to a general, tested rule: slots for what varies, anchors for what does not, a family, near misses."""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import regex

from cleaner.errors import ConfigError, RuleTimeout
from cleaner.lines import Lines
from cleaner.loading import load
from cleaner.mining import slots
from cleaner.mining.write import toml
from cleaner.normalize import characters
from cleaner.pipeline import Cleaner
from cleaner.rulefiles import sources
from cleaner.ruleset import RuleSet
from cleaner.types import Document

#: Words of a line that its pattern must keep, and letters in them; what follows them is open.
_ANCHOR_WORDS, _ANCHOR_LETTERS = 5, 20
_MOST_OPEN = 160
#: A line that says less than this, in letters, is asked for in the company of other junk only.
_LITTLE = 12
_NEAR = 3
#: Shared words, each counting for one over the families that have it, from which a family is a guess worth making.
_ALIKE = 0.2
_TELLING = 4


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A rule that removes a line, from the most general down; ``taken`` is the rule that removes it already, if one does.

    ``near`` are lines of the corpus that hold the same words and stay; ``hits`` those that it would remove.
    """

    name: str
    family: str
    pattern: str
    table: str
    near: tuple[str, ...]
    hits: Counter[str]
    documents: int = 0
    taken: str = ""


def suggest(
    remove: str, keep: Sequence[str], texts: Iterable[str], documents: Iterable[str] = (), rules: Sequence[Path] = (), family: str = ""
) -> Suggestion:
    """Return the most general rule that removes ``remove`` from ``texts``, and neither what is in ``keep`` nor the prose of ``documents``.

    Raises ``ConfigError`` if the line says nothing, and if every pattern for it takes a line to be kept.
    """
    ruleset = load(rules)
    core = _core(remove)
    pages = [Lines(characters(text)[0]) for text in texts]
    corpus = [*pages, *(Lines(characters(text)[0]) for text in documents)]
    kept = [_core(text) for text in keep if text.strip()]
    tried = list(dict.fromkeys(patterns(core)))
    chosen = next((pattern for pattern in tried if not _takes(pattern, kept) and not _takes_prose(pattern, corpus)), "")
    if not chosen:
        taken = next(text for text in kept if _takes(tried[-1], [text])) if _takes(tried[-1], kept) else ""
        hint = f'"{taken}" differs from it in nothing that a pattern could tell' if taken else "it is also a sentence of the corpus"
        raise ConfigError(f'no rule can remove "{core}" alone: {hint}; try `span` or a "when" by hand with `clean rules new`')
    hits: Counter[str] = Counter()
    match = regex.compile(chosen, regex.IGNORECASE).fullmatch
    near: list[str] = []
    telling = _telling(core)
    for lines in corpus:
        for line in lines.cores:
            if match(line, timeout=1):
                hits[line] += 1
            elif len(near) < 50 and telling & set(re.findall(r"\w+", line.lower())):
                near.append(line)
    near.sort(key=lambda line: -len(telling & set(re.findall(r"\w+", line.lower()))))
    guess = family or guess_family(core, _examples(rules))
    stays = _staying([*keep, *near, *_made_up(core)], chosen, ruleset)
    name = _name(core)
    table = _table(name, core, chosen, [remove.strip(), *[line for line in hits if line != core][:3]], stays)
    return Suggestion(name, guess, chosen, table, tuple(dict.fromkeys(near))[:_NEAR], hits, len(corpus), _taken(remove, ruleset))


def patterns(core: str) -> Iterator[str]:
    """Yield patterns for a line, from the most general to the line itself.

    >>> list(patterns("Subscribe to the Harbour Courier newsletter for 4 crowns a month"))[0]
    'subscribe to the harbour courier\\\\b.{0,160}'
    """
    words = core.split()
    head: list[str] = []
    for word in words:
        head.append(word)
        if len(head) >= _ANCHOR_WORDS and slots.letters(" ".join(head)) >= _ANCHOR_LETTERS:
            break
    if len(head) < len(words):
        start = " ".join(head)
        boundary = r"\b" if start[-1:].isalnum() else ""
        yield f"{slots.line_pattern(start)}{boundary}.{{0,{_MOST_OPEN}}}"
    if slots.template(core):
        yield slots.template_pattern(core)
    exact = slots.line_pattern(core)
    ending = core[-1:]
    yield exact if ending.isalnum() or ending in ")\"'" else f"{slots.line_pattern(core.rstrip('.!?: '))}[.!?: ]*"
    yield exact


def guess_family(core: str, examples: Iterable[tuple[str, str]]) -> str:
    """Return the family whose ``examples``, (family, text), share the rarest words with a line; ``own`` if none does."""
    families: dict[str, set[str]] = {}
    for family, text in examples:
        families.setdefault(family, set()).update(_words(text))
    spread = Counter(word for words in families.values() for word in words)
    said = set(_words(core))
    scores = {family: sum(1 / spread[word] for word in said & words) for family, words in families.items()}
    best = max(sorted(scores), key=lambda family: scores[family], default="")
    return best if best and scores[best] > _ALIKE else "own"


def _examples(rules: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Yield the lines that rules for all sites remove, with their families. What is wrong in a file was found before."""
    for path, source in sources(rules):
        data = tomllib.loads(source)
        for table in () if data.get("sites") else data.get("rule", ()):
            if not table.get("sites") and "html" not in table:
                yield from ((Path(path).stem, text) for text in table.get("removes", ()) if isinstance(text, str))


def _words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]{3,}", text.lower())


def _core(text: str) -> str:
    cores = Lines(characters(text)[0]).cores
    if len(cores) != 1 or not slots.letters(cores[0]):
        raise ConfigError(f'"{text}" is not one line of words: give the line as it stands in the text')
    return cores[0]


def _takes(pattern: str, cores: Sequence[str]) -> bool:
    match = regex.compile(pattern, regex.IGNORECASE).fullmatch
    return any(match(core, timeout=1) for core in cores)


def _takes_prose(pattern: str, corpus: Sequence[Lines]) -> bool:
    """Return whether the pattern takes long sentences of the corpus that begin as the line does: it is too general."""
    if ".{0," not in pattern:
        return False
    match = regex.compile(pattern, regex.IGNORECASE).fullmatch
    sentences = {core for lines in corpus for core in lines.cores if match(core, timeout=1) and core.count(" ") >= 14 and core[-1] in ".!?"}
    return len(sentences) > 1


def _staying(texts: Iterable[str], pattern: str, ruleset: RuleSet) -> list[str]:
    """Return those of the texts that no rule touches, the new one included; a rule's ``keeps`` are of this kind."""
    cleaner = Cleaner(ruleset, profile="aggressive", max_removed=1.0)
    found: list[str] = []
    for text in dict.fromkeys(each.strip() for each in texts):
        if _takes(pattern, Lines(characters(text)[0]).cores):
            continue
        try:
            if cleaner.clean(text).text.strip() == text:
                found.append(text)
        except RuleTimeout:
            continue
        if len(found) >= _NEAR:
            break
    return found


def _taken(remove: str, ruleset: RuleSet) -> str:
    removals = Cleaner(ruleset, max_removed=1.0).clean(Document("", remove)).removals
    return removals[0].rule if removals else ""


def _telling(core: str) -> set[str]:
    words = {word for word in re.findall(r"\w+", core.lower()) if len(word) >= _TELLING}
    return set(sorted(words, key=lambda word: (-len(word), word))[:3])


def _made_up(core: str) -> Iterator[str]:
    said = core.rstrip(".!?")
    yield f'The old sign above the mill said "{said}" until the storm of that winter took it down.'
    for word in sorted(_telling(core), key=lambda word: (-len(word), word)):
        yield f"Nobody in the valley knew why the word {word} was painted on the old mill that winter."


def _name(core: str) -> str:
    words = re.findall(r"[a-z0-9]+", core.lower().encode("ascii", "ignore").decode())
    return "-".join(words[:4]) or "line"


def _table(name: str, core: str, pattern: str, removes: Sequence[str], keeps: Sequence[str]) -> str:
    lines = ["[[rule]]", f"id = {toml(name)}", 'why = "Say in one sentence what it is and where it comes from."']
    lines.append(f"line = {toml(pattern, pattern=True)}")
    if slots.letters(core) < _LITTLE:
        lines.append('# A line that says so little could be a heading: it goes in the company of other junk only.\nwhen = "label"')
    lines += [f"removes = {toml(list(dict.fromkeys(removes)))}", f"keeps = {toml(list(keeps))}"]
    return "\n".join(lines) + "\n"
