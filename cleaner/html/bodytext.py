"""All the text of a page's body, for pages on which an article extractor looks for an article in vain.

Shops, listings, service pages and unknown forums: what is left when navigation, dialogs, footers
and other furniture are gone from the main element, or from the body where there is none.
"""

from __future__ import annotations

import re

from cleaner.html import render
from cleaner.html.tree import Element, body_of, length, linked

#: A main element with less than this share of the page's text is not believed.
_LEAST_MAIN = 0.15
#: Furniture longer than this and with more than this share of the text is content with an odd name.
_SMALL = 200
_MOST_SHARE = 0.6
#: Furniture of which this share is links is a menu, however long it is.
_MENU = 0.9
_MOST_LINKED = 0.6
#: What is left must be at least this share of the element, or the classes are not believed.
_LEAST_KEPT = 0.35

_CANDIDATES = tuple("nav footer aside header div section ul ol form dialog p span a li table details button".split())
_MAIN_IDS = frozenset(("main", "content", "main-content", "maincontent", "MainContent", "page-content", "primary"))
_ROLES = frozenset("navigation banner contentinfo search dialog alertdialog menu menubar complementary alert".split())
_NEGATING = re.compile(r"(?:has|no|not|with|without|hide|show|enable)-", re.IGNORECASE)
_FURNITURE = re.compile(
    r"""(?:^|[\s_\-:.])(?:
    sidebar|side-?nav|left-?nav|related\w*|recommend\w*|recently-?viewed|you-?may\w*|upsell\w*|cross-?sell\w*|also-?(?:like|bought|viewed)
    |nav|navbar|navigation|menu|sub-?menu|mega-?menu|footer|site-?footer|global-?footer|site-?header|global-?header|masthead|topbar|top-?bar
    |utility-?bar|cookies?|consent|onetrust|gdpr|modal|popup|pop-?over|overlay|drawer|dialog|off-?canvas|flyout|breadcrumbs?
    |skip-?(?:link|to|nav|content)\w*|sr-only|visually-?hidden|screen-?reader\w*|newsletter\w*|subscribe|signup|social\w*|share|sharing
    |pagination|pager|minicart|mini-?cart|cart-?drawer|search-?(?:form|box|bar|overlay|modal)|ads?|advert\w*|sponsored|banner-ad|toast|tooltip
    |announcement-?bar|promo-?bar|country-?selector|language-?(?:selector|switcher)|lang-?switcher|login|log-?in|sign-?in|account-menu|chat
    |back-?to-?top)(?=$|[\s_\-:.])""",
    re.IGNORECASE | re.VERBOSE,
)
_MOST_VALUES = 20_000


class BodyText:
    """Reads whole bodies; remembers which classes name furniture, nothing else."""

    def __init__(self) -> None:
        self._memory: dict[str, bool] = {}

    def root(self, tree: Element) -> Element:
        """Return the main element of the page, or its body."""
        body = body_of(tree)
        total = length(body)
        mains = [each for each in body.iter("main", "div", "section", "article") if each.tag == "main" or each.get("role") == "main"]
        for candidates in (mains, [each for each in body.iter("div", "section", "article") if each.get("id") in _MAIN_IDS]):
            if candidates:
                largest = max(candidates, key=length)
                if length(largest) >= _LEAST_MAIN * total:
                    return largest
        return body

    def lines(self, tree: Element, markdown: bool = False) -> list[str]:
        """Return the lines of the body without its furniture and without repeated lines.

        Where classes that name furniture would take most of the text, they are not believed; a page
        that is nothing but furniture has no lines.
        """
        root = self.root(tree)
        is_body = root.tag in ("body", "html")
        total = length(root)
        lines: list[str] = []
        for by_class in (True, False):
            dropped = set()
            for element in root.iter(*_CANDIDATES):
                if element is not root and self._furniture(element, is_body, by_class):
                    size = length(element)
                    if size < _SMALL or size < _MOST_SHARE * total or linked(element) >= _MENU * size:
                        dropped.add(element)
            lines = render.lines(root, dropped, markdown)
            if not lines or sum(map(len, lines)) >= _LEAST_KEPT * total:
                break
        said = render.once(lines)
        return render.spaced(said) if markdown else said

    def is_furniture(self, tree: Element) -> bool:
        """Return whether the page is nothing but furniture, most of it links."""
        body = body_of(tree)
        return linked(body) >= _MOST_LINKED * length(body) and not self.lines(tree)

    def _furniture(self, element: Element, in_body: bool, by_class: bool) -> bool:
        tag = element.tag
        if tag in ("nav", "dialog", "footer", "aside") or (tag == "header" and in_body and element.find(".//h1") is None):
            return True
        attributes = element.attrib
        if not attributes:
            return False
        if attributes.get("role") in _ROLES:
            return True
        if not by_class:
            return False
        value = f"{attributes.get('class') or ''} {attributes.get('id') or ''}"
        if value == " ":
            return False
        known = self._memory.get(value)
        if known is None:
            if len(self._memory) > _MOST_VALUES:
                self._memory.clear()
            known = self._memory[value] = any(_FURNITURE.search(word) and not _NEGATING.match(word) for word in value.split())
        return known
