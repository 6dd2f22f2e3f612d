"""Elements of a parsed page: how long, how called, and how to take one out.

Lengths are in code points, with white space folded to single spaces. They count what a
reader sees only once ``strip_unseen`` has gone over the page.
"""

from __future__ import annotations

from typing import Any

from lxml import etree

#: An element of a parsed page (lxml has no public type that checks).
Element = Any

#: Elements whose text no reader sees.
_UNSEEN = ("style", "template", "svg", "embed", "datalist")
#: Elements whose text is seen by readers without scripts or plug-ins, if at all.
_INSTEAD = ("noscript", "canvas", "iframe", "object", "audio", "video", "map")
#: From so much text on, such an element may hold content that a script would show, unless most of it is links.
_CONTENT = 400

#: The text of an element and all in it.
_string = etree.XPath("string()")

#: Pieces of text as long as a sentence of running text has them between its links.
_running = etree.XPath("descendant::text()[string-length() > 80]", smart_strings=False)

#: The most classes that name an element in an explanation.
_MOST_CLASSES = 3


def strip_unseen(tree: Element) -> None:
    """Take scripts and other elements that are not shown out of the page; structured data stays, in the head."""
    head = tree.find("head")
    for script in list(tree.iter("script")):
        parent = script.getparent()
        if parent is None or (parent is head and "json" in (script.get("type") or "")):
            continue
        remove(script)
        if head is not None and "ld+json" in (script.get("type") or "").lower():
            script.tail = None
            head.append(script)
    etree.strip_elements(tree, *_UNSEEN, etree.Comment, etree.ProcessingInstruction, with_tail=False)
    for element in list(tree.iter(*_INSTEAD)):
        text = text_of(element)
        size = 0 if text.startswith("<") else len(text)
        # An element that was never closed holds the whole page.
        if size < _CONTENT or (2 * linked(element) > size and 2 * size < length(body_of(tree))):
            remove(element)
        else:
            element.drop_tag()


def text_of(element: Element) -> str:
    """Return the element's text on one line."""
    return " ".join(_string(element).split())


def length(element: Element) -> int:
    """Return how many characters of text the element holds."""
    return len(text_of(element))


def running_text(element: Element) -> int:
    """Return about how many characters of running text the element holds: what stands in long pieces."""
    return sum(map(len, _running(element)))


def linked(element: Element) -> int:
    """Return how many of these characters are links."""
    return sum(length(link) for link in element.iter("a"))


def remove(element: Element) -> None:
    """Take the element out of its tree and leave the text that follows it."""
    parent = element.getparent()
    if parent is None:
        return
    if element.tail:
        before = element.getprevious()
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
        element.tail = None
    parent.remove(element)


def name(element: Element) -> str:
    """Return the element as a selector would have it: ``div#main.post``."""
    identifier = element.get("id") or ""
    classes = (element.get("class") or "").split()[:_MOST_CLASSES]
    return "".join([str(element.tag), f"#{identifier}" if identifier else "", *(f".{each}" for each in classes)])


def body_of(tree: Element) -> Element:
    """Return the page's body, or the whole tree where there is none."""
    body = tree.find("body")
    return tree if body is None else body
