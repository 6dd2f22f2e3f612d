"""CSS selectors, compiled when first needed; ``::attr(name)`` at the end of one takes an attribute."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache

from cssselect import HTMLTranslator
from lxml import etree

from cleaner.html.tree import Element, text_of

_ATTRIBUTE = re.compile(r"^(.*?)::attr\(([\w-]+)\)$")


def first_hits(selectors: Iterable[str], element: Element) -> tuple[list[Element], str]:
    """Return the elements that the first selector with any finds inside the element, outermost only, and that selector."""
    for selector in selectors:
        found = _compiled(selector)(element)
        if found:
            return outermost(found), selector
    return [], ""


def all_hits(selectors: Iterable[str], element: Element) -> list[Element]:
    """Return the elements that any of the selectors finds inside the element."""
    return [found for selector in selectors for found in _compiled(selector)(element)]


def value(selectors: Iterable[str], element: Element) -> str:
    """Return the text, or the attribute, that the first selector with any finds inside the element."""
    for selector in selectors:
        path, attribute = _split(selector)
        for found in _compiled(path)(element) if path else [element]:
            text = " ".join((found.get(attribute) or "").split()) if attribute else text_of(found)
            if text:
                return text
    return ""


def outermost(elements: list[Element]) -> list[Element]:
    """Return the elements that lie in none of the others, in document order."""
    if len(elements) < 2:
        return elements
    among = set(elements)
    return [each for each in elements if among.isdisjoint(each.iterancestors())]


def _split(selector: str) -> tuple[str, str]:
    found = _ATTRIBUTE.match(selector)
    return (found[1], found[2]) if found else (selector, "")


@cache
def _compiled(selector: str) -> etree.XPath:
    paths = HTMLTranslator().css_to_xpath(selector or "*", prefix="descendant::")
    return etree.XPath(paths)
