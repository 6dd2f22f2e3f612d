"""HTML to a document: the page's main content, with what the page says about itself and why the text is what it is.

In this order: a platform's or a site's profile that fits; signals that say whether the page is an
article at all; the ``html`` rules; trafilatura. Each step records its decisions.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cache

from cleaner import repeats
from cleaner.html import metadata as page_metadata
from cleaner.html import profiles, prune, repair, signals, source, threads
from cleaner.html.bodytext import BodyText
from cleaner.html.metadata import Metadata
from cleaner.html.standfirst import standfirst
from cleaner.html.tree import Element, body_of, name, running_text, strip_unseen, text_of
from cleaner.loading import load
from cleaner.ruleset import RuleSet
from cleaner.types import Decision, Document, Profile

#: Points from which a page is taken for something other than an article.
_NO_ARTICLE = 1
#: Points from which it is, if an article extractor finds little of it and what it finds is not prose.
_PERHAPS_NO_ARTICLE = -1
_MORE = 1.4
#: How many times as much makes the whole page win even over prose, where nothing speaks for an article.
_FAR_MORE = 2.0
_PROSE = 0.8
#: Markup of more characters than this is no article's, and would take an article extractor minutes.
_LARGE = 4_000_000
#: Text that holds less than this share of the page's long lines is cut short, if recall mode finds much more.
_LEAST_COVER = 0.9
_MUCH_MORE = 1.3
#: Lists and code of documentation are lost by an article extractor; far more text is that of other pages.
_MORE_OF_MANUAL, _MOST_OF_MANUAL = 1.1, 2.0
#: A live blog of which less than one part in so many was found is cut to its first posts.
_LIVE = 2.0
#: Short lines alone are no text where there is so much more in long ones.
_NOTHING_FOUND = 4.0
_LONG_LINE = 150
_FIRST_IDEOGRAPH = "\u2e80"
#: The title of a page stands among the first lines of its text, if it stands there at all.
_TITLE_LINES, _LONGEST_TITLE = 4, 1000


def extract(html: bytes | str, url: str | None = None, title: bool = True, document_id: str = "") -> Document:
    """Return the main content of a page by the default rules and profiles; see ``Extractor.extract``."""
    return _default().extract(html, url, title, document_id)


@cache
def _default() -> Extractor:
    return Extractor(load().select())


@dataclass(frozen=True, slots=True)
class _Page:
    """A parsed page and what is known of it."""

    tree: Element
    source: str
    url: str | None
    about: Metadata
    markdown: bool

    @property
    def document(self) -> Document:
        """The page as rules ask for it, by its address and its language."""
        return Document("", "", self.url, self.about.known)


@dataclass(frozen=True, slots=True)
class _Reading:
    """The lines of a page's content and what led to them."""

    lines: Sequence[str]
    decisions: tuple[Decision, ...] = ()
    profile: str = ""
    article: bool = True


class Extractor:
    """Turns pages into documents by the profiles and ``html`` rules of a rule set; keeps nothing of a page."""

    def __init__(self, ruleset: RuleSet) -> None:
        self._profiles = profiles.Profiles(ruleset.profiles)
        rules = ruleset.of_kind("html")
        self._pruner = prune.Pruner(rules)
        self._sited = prune.Pruner([rule for rule in rules if any(each.name == "sites" for part in rule.when for each in part)])
        self._body = BodyText()

    def extract(
        self, html: bytes | str, url: str | None = None, title: bool = True, document_id: str = "", markdown: bool = False
    ) -> Document:
        """Return the main content of a page, its title as the first line; ``title=False``: the body alone.

        ``markdown`` keeps headings, emphasis and links. A page without main content gives an empty
        text. Raises ``ReadError`` for a saved page that holds none.
        """
        text = source.decode(html)
        tree = source.parse(text)
        if tree is None:
            return Document(document_id, "", url)
        repair.put_in_place(tree, text)
        about = page_metadata.read(tree)
        address = url or about.known.get("url")
        sound = address if address and page_metadata.is_address(address) else None
        reading = self._read(_Page(tree, text, sound, about, markdown))
        lines, repeated = _without_title(reading.lines, about.titles) if reading.article else (list(reading.lines), [])
        known = {key: value for key, value in about.known.items() if key != "url"}
        if reading.profile:
            known["profile"] = reading.profile
        if title and lines and known.get("title"):
            lines = [("# " if markdown else "") + known["title"], *lines]
        body = "\n".join(lines).strip("\n")
        return Document(document_id, body + "\n" if body else "", address, known, (*reading.decisions, *repeated))

    # -- steps, each of which gives the text or leaves it to the next

    def _read(self, page: _Page) -> _Reading:
        fitting = self._profiles.fitting(page.source, page.url)
        for profile in fitting:
            reading = self._by_profile(page, profile)
            if reading:
                return reading
        # Only now: threads may stand in elements that browsers with scripts do not show.
        strip_unseen(page.tree)
        repair.open_layout_tables(page.tree)
        dropped, used = self._furniture(page, fitting)
        # Rules of a site know its pages, whatever their type.
        dropped += self._sited.prune(page.tree, page.document)
        reading = self._by_signals(page)
        return replace(reading, decisions=(*dropped, *reading.decisions), profile=used)

    def _by_profile(self, page: _Page, profile: Profile) -> _Reading | None:
        """Read the page's posts or its content where the profile has it; None: they are not there."""
        if profile.posts and (thread := threads.thread(profile, page.tree, page.markdown)):
            decision = Decision("profile", profile.id, thread.element, f"{profile.why} ({thread.posts} posts)")
            return _Reading(thread.lines, (decision,), profile.id, article=False)
        if profile.content and (elements := profiles.content(profile, page.tree)):
            return self._content(page, profile, elements)
        return None

    def _furniture(self, page: _Page, fitting: Sequence[Profile]) -> tuple[list[Decision], str]:
        """Take out what profiles without content selectors know to be furniture of their platform."""
        decisions: list[Decision] = []
        used = ""
        for profile in fitting:
            if not (profile.posts or profile.content):
                used = used or profile.id
                dropped = profiles.drop(profile, page.tree)
                decisions += [Decision("profile", profile.id, element, profile.why) for element in dropped]
        return decisions, used

    def _content(self, page: _Page, profile: Profile, elements: Sequence[Element]) -> _Reading | None:
        decision = Decision("profile", profile.id, name(elements[0]), profile.why)
        narrowed = source.page_of(elements)
        strip_unseen(narrowed)
        repair.open_layout_tables(narrowed)
        if profile.mode == "body":
            return _Reading(self._body.lines(narrowed, page.markdown), (decision,), profile.id)
        pruned = self._pruner.prune(narrowed, page.document)
        lines = _trafilatura(narrowed, page, profile.mode)
        return _Reading(lines, (decision, *pruned), profile.id) if lines else None

    def _by_signals(self, page: _Page) -> _Reading:
        """Read the page as an article or as a whole, by what its address, its metadata and its text say it is."""
        if len(page.source) > _LARGE:
            return self._large(page)
        points = signals.points(page.tree, page.url, page.about)
        total, whole = points.total, []
        dropped: list[Decision] = []
        if total >= _PERHAPS_NO_ARTICLE:
            dropped = self._pruner.prune(page.tree, page.document, is_article=False)
            whole = self._body.lines(page.tree, page.markdown)
            total -= signals.long_paragraphs(page.tree) > _size(whole) / 2
        as_a_whole = _Reading(whole, (*dropped, _page_type(points, self._body.root(page.tree))) if whole else ())
        if total >= _NO_ARTICLE:
            return as_a_whole
        article = self._article(page)
        if article.lines and not any(map(_is_long, article.lines)) and self._body.is_furniture(page.tree):
            return _Reading((), (Decision("signal", "no-content", name(body_of(page.tree)), "nothing but menus and other page furniture"),))
        times = _size(whole) / max(1, _size(article.lines))
        if total >= _PERHAPS_NO_ARTICLE and times > _MORE and not _is_prose(article.lines):
            return as_a_whole
        if total > _PERHAPS_NO_ARTICLE and times > _FAR_MORE:
            return as_a_whole
        return replace(article, decisions=(*dropped, *article.decisions))

    def _large(self, page: _Page) -> _Reading:
        dropped = self._pruner.prune(page.tree, page.document)
        why = f"{len(page.source)} characters of markup: all its text is kept"
        told = Decision("signal", "large-page", name(self._body.root(page.tree)), why)
        return _Reading(self._body.lines(page.tree, page.markdown), (*dropped, told))

    def _article(self, page: _Page) -> _Reading:
        """Read the page by the html rules and trafilatura, and again in another way where the text is cut short."""
        decisions = self._pruner.prune(page.tree, page.document)
        lines = _trafilatura(page.tree, page)
        lines, told = self._more(page, lines)
        decisions += told
        above = standfirst(page.tree, page.about.descriptions, lines)
        if above is not None:
            lines = [text_of(above), *lines]
            decisions.append(Decision("signal", "standfirst", name(above), "the page's description, between its title and its text"))
        return _Reading(lines, tuple(decisions))

    def _more(self, page: _Page, lines: list[str]) -> tuple[list[str], list[Decision]]:
        """Return more lines than an article extractor found and why, where the page has many more that are text."""
        size = _size(lines)
        live = "LiveBlogPosting" in page.about.types
        manual = signals.is_manual(page.url)
        # Most pages need no closer look than this.
        if not (live or manual) and size >= _LEAST_COVER * running_text(body_of(page.tree)):
            return lines, []
        whole = self._body.lines(page.tree)
        all_, long = _size(whole), _size(filter(_is_long, whole))

        def told(signal: str, why: str) -> list[Decision]:
            return [Decision("signal", signal, name(self._body.root(page.tree)), f"{size} characters of text were found on {why}")]

        if live and all_ > _LIVE * size:
            return self._whole(page, whole), told("live-blog", f"a page of a live blog with {all_}")
        if manual and _MORE_OF_MANUAL * size < all_ < _MOST_OF_MANUAL * size:
            return self._whole(page, whole), told("manual", f"a page of documentation with {all_}")
        if size < _LEAST_COVER * long:
            more = _trafilatura(page.tree, page, "recall")
            if _size(more) > _MUCH_MORE * size:
                return more, told("recall", f"a page with {long} in long lines")
            if long > _NOTHING_FOUND * size and not any(2 * len(line) > _LONG_LINE for line in lines):
                return self._whole(page, whole), told("no-article", f"a page with {long} in long lines")
        return lines, []

    def _whole(self, page: _Page, whole: list[str]) -> list[str]:
        return self._body.lines(page.tree, markdown=True) if page.markdown else whole


def _size(lines: Iterable[str]) -> int:
    return sum(map(len, lines))


def _is_long(line: str) -> bool:
    """Return whether the line is as long as a few sentences are; an ideograph counts as two letters."""
    if len(line) > _LONG_LINE or len(line) * 2 <= _LONG_LINE or line.isascii():
        return len(line) > _LONG_LINE
    return len(line) + sum(letter >= _FIRST_IDEOGRAPH for letter in line) > _LONG_LINE


def _is_prose(lines: Sequence[str]) -> bool:
    return _size(filter(_is_long, lines)) >= _PROSE * _size(lines)


def _page_type(points: signals.Points, root: Element) -> Decision:
    reasons = ", ".join(points.reasons) or "little prose"
    return Decision("signal", "page-type", name(root), f"not an article, all its text is kept: {reasons}")


def _trafilatura(tree: Element, page: _Page, mode: str = "default") -> list[str]:
    """Return the lines that trafilatura takes for the main content; the tree stays as it is."""
    import trafilatura

    text = trafilatura.extract(
        tree,
        url=page.url,
        include_comments=False,
        output_format="markdown" if page.markdown else "txt",
        include_links=page.markdown,
        fast=mode == "fast",
        favor_precision=mode == "precision",
        favor_recall=mode == "recall",
    )
    return text.split("\n") if text else []


def _without_title(lines: Sequence[str], titles: Sequence[str]) -> tuple[list[str], list[Decision]]:
    """Return the lines less those among the first that are the page's title."""
    forms = {form for title in titles for form in repeats.title_forms(title)}
    kept, decisions = [], []
    for number, line in enumerate(lines):
        if number < _TITLE_LINES and len(line) < _LONGEST_TITLE and forms & repeats.title_forms(line.lstrip("#- ")):
            decisions.append(Decision("signal", "title", line, "the title of the page, which is printed once, on top"))
        else:
            kept.append(line)
    return kept, decisions
