"""The posts of a thread, one after the other, found by a profile."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from cleaner.html import render, selectors
from cleaner.html.tree import Element, name
from cleaner.repeats import words
from cleaner.types import Profile

#: A thread whose text is shorter is no thread.
_LEAST_THREAD = 150
#: A quote of which at least this share stands in earlier posts says nothing new.
_QUOTED = 0.6
#: Longer texts are no date.
_LONGEST_DATE = 60


@dataclass(frozen=True, slots=True)
class Thread:
    """The text of a thread, how many posts it has and what the first of them is called."""

    lines: tuple[str, ...]
    posts: int
    element: str


def thread(profile: Profile, tree: Element, markdown: bool) -> Thread | None:
    """Return the page's posts, each with author and date above its text; None: it has not the posts of the profile."""
    posts, _ = selectors.first_hits(profile.posts, tree)
    if len(posts) < profile.min_posts:
        return None
    lines: list[str] = []
    said: list[str] = []
    count = 0
    for post in posts:
        bodies, _ = selectors.first_hits(profile.body, post)
        if not bodies:
            continue
        count += 1
        author = selectors.value(profile.author, post)
        date = selectors.value(profile.date, post)
        dropped = set(selectors.all_hits(profile.drop, post))
        dropped |= {quote for quote in selectors.all_hits(profile.quote, post) if _said_before(quote, said)}
        lines += [author] if author else []
        lines += [date] if date and len(date) <= _LONGEST_DATE else []
        for body in bodies:
            text = render.lines(body, dropped, markdown)
            lines += ["", *render.spaced(text)] if markdown else text
            said += map(words, text)
        lines.append("")
    if count < profile.min_posts or sum(map(len, lines)) < _LEAST_THREAD:
        return None
    return Thread(tuple(lines), count, name(posts[0]))


def _said_before(quote: Element, said: Sequence[str]) -> bool:
    """Return whether the words of a quote are those of earlier posts, all but a line such as ``Ada said:``."""
    before = "".join(said)
    lines = [words(line) for line in render.lines(quote)]
    total = sum(map(len, lines))
    return bool(total) and sum(len(line) for line in lines if line in before) >= _QUOTED * total
