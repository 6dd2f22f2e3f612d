"""What was done to a document, for people and for machines. Nothing here prints."""

from __future__ import annotations

import difflib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from cleaner.lines import LineNumbers
from cleaner.types import Cleaned, Rule, Stats

_EXCERPT = 72
_LINE = re.compile(r".*\n|.+\Z")

#: Colours of a terminal, by the first character of a line of a diff.
_COLOURS = {"+": "\033[32m", "-": "\033[31m", "@": "\033[36m"}
_RESET = "\033[0m"

RuleOf = Callable[[str], Rule]


def findings(cleaned: Cleaned) -> Iterator[str]:
    """Yield ``path:line: [family/rule] text`` for each removal."""
    numbers = LineNumbers(cleaned.document.text)
    for removal in cleaned.removals:
        yield f"{cleaned.document.id}:{numbers.of(removal.start)}: [{removal.rule}] {excerpt(removal.text)}"


def explanation(cleaned: Cleaned, rule_of: RuleOf) -> Iterator[str]:
    """Yield two lines for each removal: the finding, and the rule's place and reason."""
    for finding, removal in zip(findings(cleaned), cleaned.removals, strict=True):
        rule = rule_of(removal.rule)
        yield finding
        yield f"    {rule.location}: {rule.why}"
    if cleaned.refused:
        yield f"{cleaned.document.id}: refused: {cleaned.refused}"


def diff(cleaned: Cleaned, colour: bool = False) -> Iterator[str]:
    """Yield the lines of a unified diff from the document to its cleaned text."""
    name = cleaned.document.id
    before = _LINE.findall(cleaned.document.text.replace("\r\n", "\n"))
    after = _LINE.findall(cleaned.text)
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
        "text": cleaned.text,
        "changed": cleaned.changed,
        "refused": cleaned.refused or None,
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


def to_json(data: object) -> str:
    """Return one line of JSON."""
    return json.dumps(data, ensure_ascii=False)


def tally(cleaned: Cleaned) -> Stats:
    """Return the counts of one document."""
    removed = sum(removal.end - removal.start for removal in cleaned.removals)
    return Stats(
        cleaned=int(cleaned.changed and not cleaned.refused),
        unchanged=int(not cleaned.changed and not cleaned.refused),
        refused=int(bool(cleaned.refused)),
        characters=len(cleaned.document.text),
        removed=removed,
        rules=Counter(removal.rule for removal in cleaned.removals),
    )


def statistics(stats: Stats) -> Iterator[str]:
    """Yield the counts, then families and their rules by how often they hit."""
    share = stats.removed / stats.characters if stats.characters else 0
    yield (
        f"{stats.documents} documents: {stats.cleaned} cleaned, {stats.unchanged} unchanged, {stats.refused} refused, "
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


def excerpt(text: str) -> str:
    """Return the text on one line, cut where it gets long."""
    line = " ".join(text.split())
    return line if len(line) <= _EXCERPT else line[: _EXCERPT - 3] + "..."
