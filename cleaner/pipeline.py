"""The one flow: bytes -> Document -> removals -> kept text -> plain text.

Every way in (a call, the command line, batch, Spark) goes through ``Cleaner.clean``. All rules look
at the same text; it is cut once a pass; normalization comes last. Place and shape change when
lines go, so passes repeat on what is kept until nothing more falls, with spans in the original's
offsets throughout: that makes cleaning idempotent.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from cleaner.find import Finder, Known
from cleaner.lines import Lines
from cleaner.normalize import Offsets, characters, tidy
from cleaner.prefilter import Prefilter
from cleaner.ruleset import RuleSet, load
from cleaner.shapes import Shapes
from cleaner.spans import Span, cut, lift, resolve
from cleaner.types import Cleaned, Document, Removal, Rule

if TYPE_CHECKING:
    from cleaner.extract import Extractor

#: A document that would lose more than this share of its prose words is given back unchanged.
MAX_REMOVED = 0.5

#: The words that make a line count as prose in the removal budget.
_BUDGET_PROSE = 12


class Cleaner:
    """Rules, made ready once and applied often; one document's result never depends on another's.

    ``rules`` are paths of rule files stacked on the shipped library, or a ``RuleSet`` that stands for
    all of it. ``select`` and ``ignore`` name families, ids or globs. ``max_removed`` is the share of a
    document's prose words above which it is refused. Raises ``RuleError`` and ``ConfigError``.
    """

    def __init__(
        self,
        rules: Sequence[str | Path] | RuleSet = (),
        select: Sequence[str] = (),
        ignore: Sequence[str] = (),
        profile: str = "safe",
        max_removed: float = MAX_REMOVED,
        prefilter: Callable[..., Prefilter] = Prefilter,
    ) -> None:
        ruleset = rules if isinstance(rules, RuleSet) else load([Path(path) for path in rules])
        self.ruleset = ruleset.select(select, ignore, profile)
        self.max_removed = max_removed
        self._finder = Finder(self.ruleset, prefilter)
        self._rules = {rule.id: rule for rule in self.ruleset.rules}
        self._extractor: Extractor | None = None

    def rule(self, rule_id: str) -> Rule:
        """Return the rule that a removal names."""
        return self._rules[rule_id]

    def clean(self, document: Document | str, url: str | None = None) -> Cleaned:
        """Return the document with what the rules remove from it; raises ``RuleTimeout``."""
        if isinstance(document, str):
            document = Document("", document, url)
        removed, settled = self._remove(document)
        if not removed:
            return Cleaned(document, document.text, tidy(settled))
        reason = self._over_budget(document, removed)
        if reason:
            return Cleaned(document, document.text, document.text, refused=reason)
        removals = tuple(Removal(start, end, rule, document.text[start:end]) for start, end, rule in removed)
        return Cleaned(document, cut(document.text, removals), tidy(settled), removals)

    def clean_html(self, html: bytes | str, url: str | None = None, title: bool = True) -> Cleaned:
        """Return the page's main content, extracted and cleaned, its title on top; raises as ``extract`` and ``clean`` do."""
        return self.clean(self.extract(html, url, title))

    def extract(
        self, html: bytes | str, url: str | None = None, title: bool = True, document_id: str = "", markdown: bool = False
    ) -> Document:
        """Return the page's main content by this rule set's ``html`` rules and profiles; see ``Extractor.extract``."""
        if self._extractor is None:
            from cleaner.extract import Extractor

            self._extractor = Extractor(self.ruleset)
        return self._extractor.extract(html, url, title, document_id, markdown)

    def _remove(self, document: Document) -> tuple[list[Span], str]:
        """Return what goes, in the document's offsets, and what is kept with its characters settled."""
        removed: list[Span] = []
        kept = document.text
        known: Known = {}
        # Each pass takes something away, so that there is a last one; three are the most that real pages were seen to need.
        while True:
            settled, offsets = characters(kept)
            spans = _original(self._finder.find(Lines(settled), document, known), offsets)
            if not spans:
                return removed, settled
            removed = resolve([*removed, *lift(spans, removed)])
            kept = cut(document.text, [Removal(start, end, rule, "") for start, end, rule in removed])

    def _over_budget(self, document: Document, removed: Sequence[Span]) -> str:
        """Return why the document is refused, or nothing."""
        settled, offsets = characters(document.text)
        lines = Lines(settled)
        shapes = Shapes(lines, document)
        total = 0
        lost = 0.0
        prose = shapes.prose(_BUDGET_PROSE)
        for line, words in enumerate(shapes.words):
            if not prose >> line & 1:
                continue
            total += words
            start, end = lines.span(line)
            if offsets:
                start, end = offsets[start], offsets[end]
            gone = sum(min(stop, end) - max(begin, start) for begin, stop, _ in removed if begin < end and stop > start)
            lost += words * gone / (end - start)
        if total and lost > self.max_removed * total:
            return f"{lost / total:.0%} of the prose would go, more than the {self.max_removed:.0%} allowed (--max-removed)"
        return ""


def _original(spans: Sequence[Span], offsets: Offsets) -> list[Span]:
    if offsets is None:
        return list(spans)
    return [(offsets[start], offsets[end], rule) for start, end, rule in spans if offsets[start] < offsets[end]]
