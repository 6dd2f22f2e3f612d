"""What was done to a document, for people and for machines. Nothing here prints."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from cleaner.lines import LineNumbers
from cleaner.types import Cleaned, Rule, Stats

_EXCERPT = 72
_LINE = re.compile(r".*\n|.+\Z")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_SURROGATE = re.compile(r"[\ud800-\udfff]")

#: Colours of a terminal, by the first character of a line of a diff.
_COLOURS = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}
_RESET = "\033[0m"

RuleOf = Callable[[str], Rule]


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that would go, from line ``line`` to line ``end`` (from 1); without a rule it is of the whole file."""

    path: str
    line: int
    end: int
    rule: str
    text: str

    def __str__(self) -> str:
        if not self.rule:
            return f"{shown(self.path)}: {self.text}"
        return f"{shown(self.path)}:{self.line}: [{self.rule}] {self.text}"


def found(cleaned: Cleaned) -> Iterator[Finding]:
    """Yield a finding for each removal."""
    numbers = LineNumbers(cleaned.document.text)
    for removal in cleaned.removals:
        end = max(removal.start, removal.end - 1)
        yield Finding(cleaned.document.id, numbers.of(removal.start), numbers.of(end), removal.rule, excerpt(removal.text))


def findings(cleaned: Cleaned) -> Iterator[str]:
    """Yield ``path:line: [family/rule] text`` for each removal."""
    return map(str, found(cleaned))


def written(cleaned: Cleaned) -> str:
    """Return one line that tells of a file cleaned in place: its name, and which rules hit how often."""
    hits = Counter(removal.rule for removal in cleaned.removals)
    told = ", ".join(f"{rule} {count}" if count > 1 else rule for rule, count in hits.items())
    return f"{shown(cleaned.document.id)}: cleaned ({told or 'white space'})"


def annotation(finding: Finding) -> str:
    """Return the finding as a workflow command, which GitHub shows at its line of a change."""
    path = _escaped(finding.path, ",:")
    place = f"file={path},line={finding.line},endLine={finding.end}" if finding.rule else f"file={path}"
    title = f"clean ({finding.rule})" if finding.rule else "clean"
    return f"::error title={_escaped(title, ',:')},{place}::{_escaped(str(finding))}"


def _escaped(text: str, also: str = "") -> str:
    # GitHub's runner takes these percent codes, and commas and colons only outside of a command's properties.
    return "".join(f"%{ord(character):02X}" if character in f"%\r\n{also}" else character for character in text)


def explanation(cleaned: Cleaned, rule_of: RuleOf) -> Iterator[str]:
    """Yield two lines for each decision about a page and each removal: what it hit, and the rule's place and reason."""
    yield from _decisions(cleaned, rule_of)
    for finding, removal in zip(findings(cleaned), cleaned.removals, strict=True):
        rule = rule_of(removal.rule)
        yield finding
        yield f"    {rule.location}: {rule.why}"
    if cleaned.refused:
        yield f"{cleaned.document.id}: refused: {cleaned.refused}"


def _decisions(cleaned: Cleaned, rule_of: RuleOf) -> Iterator[str]:
    for decision, count in Counter(cleaned.document.decisions).items():
        times = f" ({count} times)" if count > 1 else ""
        yield f"{shown(cleaned.document.id)}: {decision.kind} [{decision.name}] {excerpt(decision.element)}{times}"
        place = f"{rule_of(decision.name).location}: " if decision.kind == "rule" else ""
        yield f"    {place}{decision.why}"


def diff(cleaned: Cleaned, colour: bool = False) -> Iterator[str]:
    """Yield the lines of a unified diff from the document to its cleaned text."""
    name = cleaned.document.id
    before = _LINE.findall(cleaned.document.text.replace("\r\n", "\n"))
    after = _LINE.findall(cleaned.text)
    import difflib

    for line in difflib.unified_diff(before, after, f"{name} (before)", f"{name} (after)"):
        line = line if line.endswith("\n") else f"{line}\n\\ No newline at end of file\n"
        paint = _COLOURS.get(line[0], "") if colour else ""
        yield f"{paint}{line.rstrip(chr(10))}{_RESET}\n" if paint else line


def record(cleaned: Cleaned, rule_of: RuleOf) -> dict[str, Any]:
    """Return the result as JSON can hold it; offsets in code points of the document's text, lines from 1."""
    numbers = LineNumbers(cleaned.document.text)
    document = cleaned.document
    return {
        "id": document.id,
        **{name: document.metadata.get(name) for name in ("title", "author", "date", "site", "language")},
        "url": document.url,
        "profile": document.metadata.get("profile"),
        "text": cleaned.text,
        "changed": cleaned.changed,
        "refused": cleaned.refused or None,
        "decisions": [{"kind": each.kind, "name": each.name, "element": each.element, "why": each.why} for each in document.decisions],
        "removals": [
            {
                "start": removal.start,
                "end": removal.end,
                "line": numbers.of(removal.start),
                "rule": removal.rule,
                "where": str(rule_of(removal.rule).location),
                "why": rule_of(removal.rule).why,
                "text": removal.text,
            }
            for removal in cleaned.removals
        ],
    }


def to_json(data: object, indent: int | None = None) -> str:
    """Return JSON, by default on one line; bytes of a file name that are no UTF-8 stay as escaped surrogates."""
    import json

    return _SURROGATE.sub(lambda found: f"\\u{ord(found.group()):04x}", json.dumps(data, ensure_ascii=False, indent=indent))


def tally(cleaned: Cleaned, changed: bool | None = None) -> Stats:
    """Return the counts of one document; ``changed`` where that is not a matter of the text alone."""
    changed = cleaned.changed if changed is None else changed
    removed = sum(removal.end - removal.start for removal in cleaned.removals)
    return Stats(
        cleaned=int(changed and not cleaned.refused),
        unchanged=int(not changed and not cleaned.refused),
        refused=int(bool(cleaned.refused)),
        characters=len(cleaned.document.text),
        removed=removed,
        rules=Counter(removal.rule for removal in cleaned.removals),
    )


def statistics(stats: Stats) -> Iterator[str]:
    """Yield the counts, then families and their rules by how often they hit."""
    share = stats.removed / stats.characters if stats.characters else 0
    yield (
        f"{counted(stats.documents, 'document')}: {stats.cleaned} cleaned, {stats.unchanged} unchanged, {stats.refused} refused, "
        f"{stats.failed} failed, {stats.skipped} skipped; {stats.removed:,} of {stats.characters:,} characters removed ({share:.1%})"
    )
    families: Counter[str] = Counter()
    for rule, count in stats.rules.items():
        families[rule.partition("/")[0]] += count
    for family, count in families.most_common():
        yield f"{count:6d}  {family}"
        for rule, hits in stats.rules.most_common():
            if rule.startswith(f"{family}/"):
                yield f"{hits:6d}    {rule}"


def counted(number: int, noun: str) -> str:
    """Return a number of things in words: "1 rule", "3,062 rules"."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def excerpt(text: str) -> str:
    """Return the text on one line, cut where it gets long."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 3] + "..."


def shown(path: str) -> str:
    """Return a file name as one line, its control characters escaped."""
    return _CONTROL.sub(lambda found: found.group().encode("unicode_escape").decode(), path)
