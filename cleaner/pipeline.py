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

from cleaner import bits
from cleaner.find import Finder
from cleaner.lines import Lines
from cleaner.loading import load
from cleaner.normalize import Offsets, characters, tidy
from cleaner.phrases import Known
from cleaner.prefilter import Candidates, Prefilter
from cleaner.ruleset import RuleSet
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
        prefilter: Callable[..., Candidates] = Prefilter,
    ) -> None:
        ruleset = rules if isinstance(rules, RuleSet) else load([Path(path) for path in rules])
        self.ruleset = ruleset.select(select, ignore, profile)
        self.max_removed = max_removed
        self._finder = Finder(self.ruleset, prefilter)
        self._places: dict[str, int] = {}
        self._extractor: Extractor | None = None

    def rule(self, rule_id: str) -> Rule:
        """Return the rule that a removal names."""
        if not self._places:
            self._places = {rule_id: at for at, rule_id in enumerate(self.ruleset.ids)}
        return self.ruleset.rules[self._places[rule_id]]

    def clean(self, document: Document | str, url: str | None = None) -> Cleaned:
        """Return the document with what the rules remove from it; raises ``RuleTimeout``."""
        if isinstance(document, str):
            document = Document("", document, url)
        settled, offsets = characters(document.text)
        lines = Lines(settled)
        removed, kept = self._remove(document, settled, offsets, lines)
        if not removed:
            return Cleaned(document, document.text, tidy(kept))
        reason = self._over_budget(document, removed, lines, offsets)
        if reason:
            return Cleaned(document, document.text, document.text, refused=reason)
        removals = _removals(document.text, removed)
        return Cleaned(document, cut(document.text, removals), tidy(kept), removals)

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

    def _remove(self, document: Document, settled: str, offsets: Offsets, lines: Lines) -> tuple[list[Span], str]:
        """Return what goes, in the document's offsets, and what is kept with its characters settled."""
        removed: list[Span] = []
        cut_before: list[Span] = []
        known: Known = {}
        # Where the document's own offsets hold for the settled text, what is kept of that needs no settling.
        shifted = offsets is not None
        own = document.text if shifted else settled
        whole, in_document = lines, offsets
        # Each pass takes something away, so that there is a last one; three are the most that real pages were seen to need.
        while True:
            found = self._finder.find(lines, document, known)
            left = None
            if found.spans:
                removed = resolve([*removed, *lift(_original(found.spans, offsets), cut_before)])
                left = lines.without(found.lines) if offsets is None and found.lines is not None else None
            else:
                remnants = self._finder.remnants(_gone(whole, removed, in_document), whole, document, known) if removed else []
                if not remnants:
                    break
                removed = resolve([*removed, *_original(remnants, in_document)])
            if left is None:
                cut_before = removed
                settled, offsets = characters(cut(document.text, _removals(document.text, removed)))
                left = Lines(settled)
            lines = left
        if offsets is None:
            settled = cut(own, _removals(own, removed))
            settled = characters(settled)[0] if shifted else settled
        return removed, settled

    def _over_budget(self, document: Document, removed: Sequence[Span], lines: Lines, offsets: Offsets) -> str:
        """Return why the document is refused, or nothing."""
        words = lines.words
        prose = Shapes(lines, document).prose(_BUDGET_PROSE)
        total = 0
        lost = 0.0
        at = 0
        for line in bits.members(prose):
            total += words[line]
            start, end = lines.span(line)
            if offsets:
                start, end = offsets[start], offsets[end]
            while at < len(removed) and removed[at][1] <= start:
                at += 1
            beside = at
            while beside < len(removed) and removed[beside][0] < end:
                lost += words[line] * (min(removed[beside][1], end) - max(removed[beside][0], start)) / (end - start)
                beside += 1
        if total and lost > self.max_removed * total:
            return f"{lost / total:.0%} of the prose would go, more than the {self.max_removed:.0%} allowed (--max-removed)"
        return ""


def _removals(text: str, spans: Sequence[Span]) -> tuple[Removal, ...]:
    return tuple(Removal(start, end, rule, text[start:end]) for start, end, rule in spans)


def _gone(lines: Lines, removed: Sequence[Span], offsets: Offsets) -> int:
    """Return the set of the lines that are removed as a whole, by one span each; their line ends may stay."""
    ends = {start: end for start, end, _ in removed}
    flags = []
    for line in range(len(lines)):
        start, end = lines.span(line)
        end -= lines.text[end - 1] == "\n"
        if offsets:
            start, end = offsets[start], offsets[end]
        flags.append(ends.get(start, -1) >= end)
    return bits.of(flags)


def _original(spans: Sequence[Span], offsets: Offsets) -> list[Span]:
    if offsets is None:
        return list(spans)
    return [(offsets[start], offsets[end], rule) for start, end, rule in spans if offsets[start] < offsets[end]]
