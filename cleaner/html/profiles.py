"""Which profiles fit a page, and what they know of it: the elements that hold its content, and those that hold none."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from urllib.parse import urlsplit

import ahocorasick_rs

from cleaner.html import selectors
from cleaner.html.tree import Element, name, remove
from cleaner.types import Profile

#: A class, an id or an attribute's value in a selector; it stands in the markup of every page on which the selector finds anything.
_NAMED = re.compile(r"""[.#]([\w-]{4,})|=["']?([\w-]{4,})""")
_ALTERNATIVES = re.compile(r"[,\\]|:not\(")


class Profiles:
    """Profiles made ready: one scan of a page's markup finds all of their fingerprints."""

    def __init__(self, profiles: Sequence[Profile]) -> None:
        #: Those of single sites come first.
        self._profiles = sorted(profiles, key=lambda each: not each.sites)
        self._names = {selector: _name_in(selector) for each in profiles for selector in each.drop}
        marks = {mark for each in profiles for mark in each.fingerprint} | {found for found in self._names.values() if found}
        self._marks = sorted(marks)
        self._scanner = ahocorasick_rs.AhoCorasick(self._marks, implementation=ahocorasick_rs.Implementation.DFA) if marks else None

    def fitting(self, markup: str, url: str | None) -> list[Profile]:
        """Return the profiles whose sites and fingerprint fit a page, each with those of its drops that the page may hold."""
        host = (urlsplit(url).hostname or "") if url else ""
        chosen = [
            each for each in self._profiles if not each.sites or any(host == site or host.endswith("." + site) for site in each.sites)
        ]
        there = self._found(markup) if chosen else frozenset[str]()
        return [
            replace(each, drop=tuple(filter(lambda selector: self._names[selector] in there, each.drop)))
            for each in chosen
            if not each.fingerprint or not there.isdisjoint(each.fingerprint)
        ]

    def _found(self, markup: str) -> frozenset[str]:
        """Return the marks that the markup holds, and the empty one, which every markup does."""
        if self._scanner is None:
            return frozenset(("",))
        hits = self._scanner.find_matches_as_indexes(markup, overlapping=True)
        return frozenset(self._marks[number] for number in {hit[0] for hit in hits}) | {""}


def _name_in(selector: str) -> str:
    """Return the longest name that the selector asks for, without which it finds nothing; empty: it may do without any."""
    if _ALTERNATIVES.search(selector):
        return ""
    return max((found[1] or found[2] for found in _NAMED.finditer(selector)), key=len, default="")


def content(profile: Profile, tree: Element) -> list[Element]:
    """Return the elements that hold the page's content, without what the profile drops; none: it has no such element."""
    found, _ = selectors.first_hits(profile.content, tree)
    for element in found:
        drop(profile, element)
    return found


def drop(profile: Profile, element: Element) -> list[str]:
    """Take out of the element what the profile drops, and return the names of what went."""
    dropped = selectors.all_hits(profile.drop, element)
    for each in dropped:
        remove(each)
    return [name(each) for each in dropped]
