"""``html`` rules: elements that go before extraction, found in one pass over the tree.

A token is a run of the parts that a class, id or role is made of, between ``- _ . /`` and at
changes of case; ``related-posts`` is found in ``related_posts``, ``sidebar-related-posts`` and
``relatedPosts``. A trailing ``*`` lets the last part go on. What follows ``--`` is a variant of an
element and names none, and neither does the id of a heading, which is made of its text. What is
asked of a value is remembered, so that a page costs one dictionary look-up an attribute, whatever
the number of rules.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import ahocorasick_rs
import regex
from lxml import etree

from cleaner.html import selectors
from cleaner.html.tree import Element, body_of, length, name, remove, text_of
from cleaner.origin import in_language, on_site
from cleaner.types import Conjunction, Decision, Document, Rule

#: Elements up to this many characters go whatever their share of the page.
_SMALL = 200

#: Words that turn a token round: ``has-sidebar`` says what stands beside the element.
_NEGATING = frozenset(("has", "no", "not", "with", "without", "hide", "show", "enable", "is", "non", "if"))
_PARTS = re.compile(r"[^\W_]+")
_BETWEEN = re.compile(r"(?:[^\w\s]|_)+")
_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Parts of a value that one token may span.
_MOST_PARTS = 4
#: Values remembered before the memory is cleared.
_MOST_VALUES = 20_000
_WHOLE = frozenset(("html", "body", "main", "head"))
_HEADINGS = frozenset(("h1", "h2", "h3", "h4", "h5", "h6"))
#: What holds paragraphs that are no lines of the running text.
_HOLDERS = frozenset(("li", "td", "th", "dd", "blockquote"))
_INLINE = frozenset(("a", "span", "em", "strong", "b", "i", "mark", "u", "cite", "q", "abbr", "small"))


#: How long a paragraph may be that is looked at for its text and links.
_LEAST_LINE, _MOST_LINE = 10, 260


_named = etree.XPath("descendant-or-self::*[@class or @id or @role]")

_ANYWHERE = Document("", "")
_UNLESS = "unless"
_GATES: Mapping[str, Callable[..., bool]] = {"sites": on_site, "langs": in_language}


@dataclass(frozen=True, slots=True)
class _Attribute:
    name: str
    found: Any
    rule: int


@dataclass(frozen=True, slots=True)
class _Text:
    match: Any
    linked: float
    rule: int


class Pruner:
    """``html`` rules made ready."""

    def __init__(self, rules: Sequence[Rule]) -> None:
        self._rules = rules
        self._shares: list[float] = []
        self._inline: list[bool] = []
        self._articles_only: set[int] = set()
        self._tokens: dict[str, tuple[int, ...]] = {}
        self._prefixes: list[tuple[str, int]] = []
        self._attributes: list[_Attribute] = []
        self._texts: list[_Text] = []
        self._css: list[tuple[str, int]] = []
        self._memory: dict[str, tuple[int, ...]] = {}
        self._words: dict[str, tuple[int, ...]] = {}
        self._unless: dict[int, Callable[[str], object]] = {}
        for number, rule in enumerate(self._rules):
            self._add(number, json.loads(rule.pattern))
            if shielded := [str(each.args[0]) for conjunction in rule.when for each in conjunction if each.name == _UNLESS]:
                self._unless[number] = regex.compile("|".join(shielded), regex.IGNORECASE).search
        self._narrowed = [(number, rule) for number, rule in enumerate(self._rules) if rule.when]
        self._beginnings = tuple(prefix for prefix, _ in self._prefixes)
        joined = [*self._tokens, *self._beginnings]
        self._scanner = ahocorasick_rs.AhoCorasick(joined, implementation=ahocorasick_rs.Implementation.DFA) if joined else None

    def _add(self, number: int, html: dict[str, Any]) -> None:
        self._shares.append(html.get("max_share", 0.25))
        self._inline.append(html.get("inline", False))
        if not html.get("everywhere", False):
            self._articles_only.add(number)
        for token in html.get("tokens", ()):
            joined = "".join(_PARTS.findall(token.lower()))
            if token.endswith("*"):
                self._prefixes.append((joined, number))
            else:
                self._tokens[joined] = (*self._tokens.get(joined, ()), number)
        for attribute, pattern in html.get("attributes", {}).items():
            self._attributes.append(_Attribute(attribute, regex.compile(pattern, regex.IGNORECASE).search, number))
        if "text" in html:
            self._texts.append(_Text(regex.compile(html["text"], regex.IGNORECASE).match, html.get("linked", 0.5), number))
        self._css += [(selector, number) for selector in html.get("css", ())]

    def prune(self, tree: Element, about: Document = _ANYWHERE, is_article: bool = True) -> list[Decision]:
        """Take the elements that the rules name out of the tree, and say which; large ones stay.

        ``about`` has the address and the language of the page, by which rules may be narrowed. On a page that is no article
        only those rules hold that are for any page.

        An element goes if it is small, or if its text is at most the rule's share of the page's text
        and of the text of its paragraphs.
        """
        if not self._rules:
            return []
        body = body_of(tree)
        off = {number for number, rule in self._narrowed if not _applies(rule, about)}
        if not is_article:
            off |= self._articles_only
        hits = list(self._hits(body, off))
        if not hits:
            return []
        total, prose = max(1, length(body)), max(1, _prose(body))
        decisions = []
        gone: set[Element] = set()
        for element, number in hits:
            if gone and not gone.isdisjoint(element.iterancestors()):
                continue
            if element is body or (element.tag in _INLINE and not self._inline[number] and _in_sentence(element)):
                continue
            size = length(element)
            share = self._shares[number]
            if size > _SMALL and (size > share * total or _prose(element) > share * prose):
                continue
            gone.add(element)
            rule = self._rules[number]
            decisions.append(Decision("rule", rule.id, name(element), rule.why))
        for element in gone:
            remove(element)
        return decisions

    def _hits(self, body: Element, off: Collection[int]) -> Iterator[tuple[Element, int]]:
        memory = self._memory
        if len(memory) > _MOST_VALUES:
            memory.clear()
            self._words.clear()
        for element in _named(body):
            if element.tag in _WHOLE:
                continue
            for key in ("class", "id", "role"):
                value = element.get(key)
                if value and not (key == "id" and element.tag in _HEADINGS):
                    numbers = memory.get(value)
                    if numbers is None:
                        numbers = memory[value] = self._verdict(value)
                    if numbers and (active := [number for number in numbers if number not in off]):
                        yield element, active[0]
                        break
        for attribute in self._attributes:
            if attribute.rule in off:
                continue
            for element in body.iterfind(f".//*[@{attribute.name}]"):
                if attribute.found(element.get(attribute.name)):
                    yield element, attribute.rule
        if self._texts:
            for element in body.iter("p"):
                number = self._spoken(element, off)
                if number >= 0:
                    yield element, number
        for selector, number in self._css:
            if number in off:
                continue
            for element in selectors.all_hits((selector,), body):
                yield element, number

    def _spoken(self, element: Element, off: Collection[int]) -> int:
        """Return the number of the rule whose text begins this paragraph, with links in the rest of it; -1: none does."""
        if element.find(".//a") is None or element.getparent().tag in _HOLDERS:
            return -1
        text = text_of(element)
        if not _LEAST_LINE <= len(text) <= _MOST_LINE:
            return -1
        linked = -1
        for rule in self._texts:
            found = rule.match(text)
            if found and rule.rule not in off:
                linked = sum(len(text_of(link)) for link in element.iter("a")) if linked < 0 else linked
                rest = len(text) - found.end()
                if linked >= rule.linked * max(rest, 1) and linked >= 0.4 * len(text):
                    return rule.rule
        return -1

    def _verdict(self, value: str) -> tuple[int, ...]:
        """Return the numbers of the rules that name a word of the value, in order."""
        found: tuple[int, ...] = ()
        # Most values hold none of the tokens, however they are parted.
        if self._scanner is None or not self._scanner.find_matches_as_indexes(_BETWEEN.sub("", value.lower())):
            return found
        for word in value.split():
            numbers = self._words.get(word)
            if numbers is None:
                numbers = self._words[word] = tuple(self._named(word))
            found += numbers
        return tuple(number for number in found if not (number in self._unless and self._unless[number](value)))

    def _named(self, word: str) -> Iterator[int]:
        if ":" in word:
            # A class for some screens or states only, as in "sm:sr-only".
            return
        parts = _PARTS.findall(_CAMEL.sub("-", word.partition("--")[0]).lower())
        if not parts or parts[0] in _NEGATING:
            return
        for start in range(len(parts)):
            joined = ""
            for part in parts[start : start + _MOST_PARTS]:
                joined += part
                yield from self._tokens.get(joined, ())
            if joined.startswith(self._beginnings):
                yield from (number for prefix, number in self._prefixes if joined.startswith(prefix))


def pruned(markup: str, rules: Sequence[Rule]) -> str:
    """Return a snippet of HTML without the elements that the rules name, wherever they are for, as their examples have it."""
    from lxml import html

    page = html.fragment_fromstring(markup, create_parent="div")
    Pruner([replace(rule, when=_anywhere(rule)) for rule in rules]).prune(page)
    text: str = html.tostring(page, encoding="unicode")
    return text.removeprefix("<div>").removesuffix("</div>")


def _anywhere(rule: Rule) -> tuple[Conjunction, ...]:
    """Return what narrows the rule apart from sites and languages."""
    kept = (tuple(each for each in conjunction if each.name == _UNLESS) for conjunction in rule.when)
    return tuple(conjunction for conjunction in kept if conjunction)


def _applies(rule: Rule, about: Document) -> bool:
    """Return whether the sites and languages of one of the rule's conjunctions are those of the page."""
    return any(
        all(_GATES[each.name](about, *each.args) != each.negated for each in conjunction if each.name in _GATES)
        for conjunction in rule.when
    )


def _in_sentence(element: Element) -> bool:
    """Return whether text stands on either side of the element."""
    before = element.getprevious()
    text = (element.getparent().text if before is None else before.tail) or ""
    return bool(text.strip() or (element.tail or "").strip())


def _prose(element: Element) -> int:
    return sum(length(paragraph) for paragraph in element.iter("p"))
