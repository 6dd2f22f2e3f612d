"""Pages of a site compared: containers whose text, or whose shape, is the same on most of them, as rules for HTML.

Only what the extractor leaves in the text counts: an element that it drops anyway needs no rule. The first pages of
each site are looked at, and only these, and so many sites at a time, so that memory is bounded.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from hashlib import blake2b
from typing import Any

from cleaner.html import source
from cleaner.html.tree import Element, body_of, length, strip_unseen, text_of
from cleaner.mining.model import Candidate, Context, Evidence, Text
from cleaner.repeats import words

#: Pages of a site that are looked at, and sites that are open at once; a new one closes that which was not seen for longest.
_PAGES, _OPEN = 24, 60
_TAGS = frozenset(
    "div section aside nav header footer ul ol dl p h2 h3 h4 h5 h6 form figure figcaption table details button label small fieldset".split()
)
_CONTAINERS = frozenset("div section aside nav header footer ul ol".split())
_NAME = re.compile(r"-?[A-Za-z_][\w-]*")
#: Names that a build or a page made: numbers, digests, random letters.
_MADE = re.compile(
    r"\d{3,}|[0-9a-f]{8,}|^(?:css|sc|jsx|jss|emotion)-|__[\w-]{5,}$|^(?=.*[a-z])(?=.*[A-Z])[A-Za-z]{5,8}$|[A-Za-z]*\d[A-Za-z]+\d"
)
#: Classes that say how an element looks, not what it is.
_LOOKS = re.compile(
    r"(?:flex|grid|row|col|column|columns|container|wrapper|inner|content|text|block|hidden|clearfix|left|right|center|bold|small|large|"
    r"[a-z]{1,3}|(?:m|p|w|h|mt|mb|ml|mr|mx|my|pt|pb|pl|pr|px|py|col|text|bg|font|border|justify|items|typography)-[\w-]+)"
)
_LEAST_WORDS, _MOST_LENGTH, _MOST_SHARE = 4, 1500, 0.25
_REPEATED = 0.8
#: A list of links counts as furniture by its shape alone if it is there once on most pages.
_LEAST_LINKS, _LINKED, _ON_MOST = 3, 0.8, 0.6
_LEAST_PAGES, _LEAST_SHARE = 2, 0.3
_MARKUP = 400
_EXCERPT = 160


@dataclass(slots=True)
class _Selector:
    """What the elements that one selector hits have in common."""

    pages: int = 0
    alive: int = 0
    elements: int = 0
    other: int = 0
    lists: int = 0
    characters: int = 0
    texts: Counter[bytes] = field(default_factory=Counter)
    times: Counter[bytes] = field(default_factory=Counter)
    contexts: list[Context] = field(default_factory=list)
    markup: str = ""
    depth: int = 1 << 20
    within: Counter[str] = field(default_factory=Counter)


@dataclass(slots=True)
class _Site:
    pages: int = 0
    characters: int = 0
    found: dict[str, _Selector] = field(default_factory=dict)


class Elements:
    """Takes pages, best those of a site together, and proposes rules for the sites of which it saw ``least`` pages."""

    def __init__(self, least: int = 4) -> None:
        self._least = least
        self._open: dict[str, _Site] = {}
        self._closed: set[str] = set()
        self._found: list[Candidate] = []

    def add(self, text: Text) -> None:
        """Take in a page and the text that the extractor took from it."""
        if text.page is None or not text.site or not text.text or text.site in self._closed:
            return
        tree = source.parse(source.decode(text.page))
        if tree is None:
            return
        strip_unseen(tree)
        # The one seen last stands last.
        site = self._open.pop(text.site) if text.site in self._open else _Site()
        self._open[text.site] = site
        site.pages += 1
        site.characters += len(text.text)
        self._page(site, body_of(tree), text)
        if site.pages >= _PAGES:
            self._close(text.site)
        elif len(self._open) > _OPEN:
            self._close(next(iter(self._open)))

    def candidates(self) -> list[Candidate]:
        """Return the rules for all sites that were seen."""
        for name in list(self._open):
            self._close(name)
        return sorted(self._found, key=lambda each: (each.group, each.name))

    def _close(self, name: str) -> None:
        site = self._open.pop(name)
        self._closed.add(name)
        if site.pages >= self._least:
            self._found += _of_site(name, site)

    def _page(self, site: _Site, body: Element, text: Text) -> None:
        total = max(1, length(body))
        shown = words(text.text)
        seen: set[str] = set()
        alive: set[str] = set()
        texts: set[tuple[str, bytes]] = set()
        for element in body.iter(*_TAGS):
            names = list(_selectors(element))
            if not names:
                continue
            whole = text_of(element)
            said = words(whole)
            hopeless = len(whole) > _MOST_LENGTH or len(whole) > _MOST_SHARE * total or element.find(".//h1") is not None
            digest = blake2b(said.encode("utf-8", "surrogatepass"), digest_size=8).digest()
            for selector in names:
                about = site.found.setdefault(selector, _Selector())
                about.pages += selector not in seen
                seen.add(selector)
                about.elements += 1
                if hopeless:
                    about.other += 1
                    continue
                about.times[digest] += 1
                if (selector, digest) not in texts:
                    texts.add((selector, digest))
                    about.texts[digest] += 1
                about.lists += _is_list_of_links(element, whole)
                if said.count(" ") > _LEAST_WORDS and said in shown:
                    about.alive += selector not in alive
                    alive.add(selector)
                    about.characters += len(whole)
                    self._sample(about, element, whole, text)

    @staticmethod
    def _sample(about: _Selector, element: Element, whole: str, text: Text) -> None:
        if len(about.contexts) < 3 and all(each.document != text.id for each in about.contexts):
            before, after = (_neighbour(each) for each in (element.getprevious(), element.getnext()))
            about.contexts.append(Context(text.id, before, whole[:_EXCERPT], after))
        about.markup = about.markup or _snippet(element, whole)
        about.depth = min(about.depth, sum(1 for _ in element.iterancestors()))
        for ancestor in element.iterancestors():
            about.within.update(_selectors(ancestor))


def _of_site(name: str, site: _Site) -> Iterator[Candidate]:
    least = max(_LEAST_PAGES, _LEAST_SHARE * site.pages)
    found = {
        selector: about
        for selector, about in site.found.items()
        if about.alive >= least and not about.other and (_repeats(about) or _is_furniture(about, site.pages))
    }
    chosen: list[str] = []
    hit: set[frozenset[bytes]] = set()
    # The outermost element stands for those within it, and one name for all that hit the same.
    for selector, about in sorted(found.items(), key=lambda entry: (entry[1].depth, not entry[0].startswith("#"), len(entry[0]), entry[0])):
        same = frozenset(about.texts)
        if same in hit or any(about.within[other] >= about.alive for other in chosen):
            continue
        hit.add(same)
        chosen.append(selector)
        yield _candidate(name, site, selector, about)


def _repeats(about: _Selector) -> bool:
    """Return whether nearly all that the selector hits says what it says on another page, too."""
    repeated = sum(count for digest, count in about.times.items() if about.texts[digest] > 1)
    return repeated >= _REPEATED * about.elements


def _is_furniture(about: _Selector, pages: int) -> bool:
    return about.pages >= _ON_MOST * pages and about.elements == about.pages == about.lists and about.pages > _LEAST_PAGES


def _is_list_of_links(element: Element, whole: str) -> bool:
    if element.tag not in _CONTAINERS or not whole:
        return False
    links = [len(text_of(link)) for link in element.iter("a")]
    return len(links) >= _LEAST_LINKS and sum(links) >= _LINKED * len(whole)


def _selectors(element: Element) -> Iterator[str]:
    """Yield the selectors that may stand for an element: its id and its classes, if people named them."""
    identifier = element.get("id") or ""
    if _NAME.fullmatch(identifier) and not _MADE.search(identifier):
        yield f"#{identifier}"
    for name in (element.get("class") or "").split():
        if _NAME.fullmatch(name) and not _MADE.search(name) and not _LOOKS.fullmatch(name):
            yield f"{element.tag}.{name}"


def _neighbour(element: Element | None) -> str:
    return text_of(element)[:_EXCERPT] if element is not None and isinstance(element.tag, str) else ""


def _snippet(element: Element, whole: str) -> str:
    from lxml import html

    bare = html.Element(element.tag)
    for key in ("id", "class"):
        if element.get(key):
            bare.set(key, element.get(key))
    bare.text = whole[:_MARKUP]
    return str(html.tostring(bare, encoding="unicode"))


def _candidate(name: str, site: _Site, selector: str, about: _Selector) -> Candidate:
    from cleaner.mining.propose import named

    how = "whose text is the same on several pages" if _repeats(about) else "that are lists of links on most pages"
    evidence = Evidence(
        about.alive, site.pages, about.elements, (0, 0, 0), about.characters, round(about.characters / max(1, site.characters), 5),
        tuple(about.contexts),
    )  # fmt: skip
    kept = "<p>The old mill by the river was closed on Monday.</p>"
    fields: dict[str, Any] = {"html": {"css": [selector]}}
    why = f"Elements of {name} {how} ({about.alive} of {site.pages} pages)."
    removes = ({"from": about.markup + kept, "to": kept},)
    near = _near(selector)
    return Candidate(named(name, "html", selector, selector), name, "html", why, fields, (name,), removes, (near, kept), evidence)


def _near(selector: str) -> str:
    """Return markup that nearly matches: the name as a part of another."""
    called = selector.lstrip("#").partition(".")[2] or selector.lstrip("#")
    return f'<p class="about-{called}-and-more">The old mill by the river was closed on Monday.</p>'
