"""What repeats and is no junk all the same: section headings, prose, lines that say next to nothing."""

from __future__ import annotations

from cleaner.mining import slots
from cleaner.mining.gather import BODY, Repeated
from cleaner.mining.slots import letters

#: Headings that articles of one kind share.
HEADINGS = frozenset(
    (
        "conclusion conclusions pros cons summary introduction background overview verdict references sources notes "
        "footnotes faq faqs ingredients instructions method directions preparation abstract results discussion methods "
        "objectives takeaways specifications specs features price pricing performance design display camera battery "
        "rating ratings bibliography appendix contents history career death legacy plot cast reception awards analysis "
        "example examples definition usage requirements installation question answer questions answers fazit einleitung "
        "zusammenfassung vorteile nachteile hintergrund zutaten zubereitung quellen literatur r\u00e9sum\u00e9 ingr\u00e9dients "
        "pr\u00e9paration conclusi\u00f3n introducci\u00f3n resumen ingredientes preparaci\u00f3n fuentes conclusione introduzione "
        "ingredienti preparazione conclus\u00e3o introdu\u00e7\u00e3o wnioski podsumowanie wst\u0119p sk\u0142adniki conclusie inleiding "
        "samenvatting slutsats inledning sammanfattning "
    ).split()
)
_HEADING_LINES = frozenset(
    (
        "frequently asked questions", "key takeaways", "the verdict", "the bottom line", "bottom line", "final thoughts", "what next",
        "what happens next", "further reading", "table of contents", "early life", "getting started",
    )
)  # fmt: skip
#: A line of the body looks like a section heading if it stands above prose this often and in the body this often.
_HEADS, _IN_BODY = 0.6, 0.5
_HEADING_WORDS = 6
#: A line that stands so many times on each of its documents, with so many different numbers, is a row of a listing.
_ROWS, _ROW_FORMS = 3, 3
#: Prose counts as repeated from this many documents on; a sentence may be quoted twice.
_PROSE_DOCUMENTS = 3
#: A line that says less, in letters, goes only where no article is.
_LITTLE = 12


def reason_against(line: Repeated) -> str:
    """Return why a repeated line is not proposed for removal; empty: nothing speaks against it."""
    key = next(iter(line.keys), "")
    if not line.is_template and (key in HEADINGS or key in _HEADING_LINES):
        return "a heading that articles share"
    if line.is_prose and line.documents < _PROSE_DOCUMENTS:
        return "prose on too few documents"
    in_body = line.zones[BODY] / line.occurrences
    if (
        not line.is_prose
        and line.words <= _HEADING_WORDS
        and in_body >= _IN_BODY
        and line.heads_prose >= _HEADS * line.occurrences
        and line.occurrences <= 1.2 * line.documents
    ):
        return "stands above paragraphs like a section heading"
    if not line.is_template and line.occurrences >= _ROWS * line.documents and len(line.forms) >= _ROW_FORMS:
        return "rows of data that differ in their numbers"
    if line.asked and line.caught == line.asked:
        return "removed by existing rules"
    if line.is_template:
        return _against_template(line, in_body)
    return ""


def says_little(line: Repeated) -> bool:
    """Return whether the line may be a word of any text: it goes only outside the article or in a row of such."""
    return letters(next(iter(line.keys), "")) < _LITTLE


def _against_template(line: Repeated, in_body: float) -> str:
    if len(line.keys) < 3:
        return "a template of too few different lines"
    if in_body > 0.1:
        return "a template that stands within articles"
    said = [word for word in (slots.template(next(iter(line.forms))) or "").split() if word not in (slots.NUMBER, slots.NAME, slots.DATE)]
    if slots.OPENERS & set(said):
        return ""
    return "" if sum(map(len, said)) >= _LITTLE else "a template that says too little"
