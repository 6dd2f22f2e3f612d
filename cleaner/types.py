"""The data types of the whole package: frozen, slotted, without behaviour of their own.

Offsets are code points and half-open (``text[start:end]``) everywhere.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import NamedTuple


@dataclass(frozen=True, slots=True)
class Location:
    """A place in a file; ``line`` counts from 1."""

    path: str
    line: int

    def __str__(self) -> str:
        return f"{self.path}:{self.line}"


@dataclass(frozen=True, slots=True)
class Example:
    """A text that a rule must change into ``want``; None: every line of it must go.

    ``url`` and ``metadata`` are what is known of the document (title, author, date, site, language).
    """

    text: str
    want: str | None = None
    url: str | None = None
    metadata: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Predicate:
    """One named question about a line or its document, with its arguments, perhaps negated."""

    name: str
    args: tuple[int | float | str, ...] = ()
    negated: bool = False


#: All of these hold.
Conjunction = tuple[Predicate, ...]


@dataclass(frozen=True, slots=True)
class Rule:
    """One kind of junk, as a rule file describes it.

    ``kind`` says what goes and so what ``pattern`` means: ``line``, ``span``, ``block``, ``after``,
    ``tail``, ``lines``, ``remnant``, ``repeat``, ``metadata`` or ``html``. ``when`` is a choice of conjunctions,
    one of which must hold; empty: always. A rule whose pattern matches more than ``most`` different lines of a
    document does nothing there; 0: however many.
    """

    id: str
    kind: str
    pattern: str = ""
    until: str = ""
    of: tuple[str, ...] = ()
    max_lines: int = 12
    max_prose_share: float = 0.1
    cut: float = 0.0
    company: bool = True
    most: int = 0
    when: tuple[Conjunction, ...] = ()
    keywords: tuple[str, ...] = ()
    confidence: str = "safe"
    status: str = "stable"
    why: str = ""
    removes: tuple[Example, ...] = ()
    keeps: tuple[str, ...] = ()
    source: str = ""
    added: str = ""
    location: Location = Location("", 0)

    @property
    def family(self) -> str:
        """The first half of the id: the category by which rules are selected."""
        return self.id.partition("/")[0]


class Outline(NamedTuple):
    """What is asked of every rule: ``phrase`` rules go through the prefilter; ``sites``, if any, are the only ones where it holds."""

    kind: str
    confidence: str
    phrase: bool
    sites: tuple[str, ...] = ()


class Clues(NamedTuple):
    """What a text shows, in canonical form, wherever a pattern matches; a line's ends are written as newlines.

    One of the ``literals`` is in it (None: no such set is known), and one of each of the sets of ``also``.
    A line that matches from end to end begins with one of ``first`` and ends with one of ``last``
    (empty: nothing is known), and has ``longest`` code points at most (None: there is no such bound). If it begins
    with an ASCII character at all, that is one of ``opening`` (empty: nothing is known).
    """

    literals: tuple[str, ...] | None = None
    first: tuple[str, ...] = ()
    last: tuple[str, ...] = ()
    also: tuple[tuple[str, ...], ...] = ()
    longest: int | None = None
    opening: str = ""


@dataclass(frozen=True, slots=True)
class Protection:
    """Lines in which ``pattern`` is found are out of bounds for the rules named by the globs.

    ``beside`` are texts one of which, whatever its case, must stand in the document; empty: any document.
    Lines of less than ``min_words`` words are not looked at. Not ``inside``: rules may take a part of the line. The
    ``below`` lines under such a line are out of bounds, too. With ``run`` it is whole lines alone, in a row of at least so many
    in which ``pattern`` is found and of which rules do not take all: a list stays or goes as a whole.
    """

    pattern: str
    rules: tuple[str, ...] = ("*",)
    location: Location = Location("", 0)
    beside: tuple[str, ...] = ()
    min_words: int = 1
    inside: bool = True
    below: int = 0
    run: int = 0


@dataclass(frozen=True, slots=True)
class Profile:
    """How the pages of one platform, or of some sites, are built: where their text is.

    The profile is tried on pages whose markup holds one of the ``fingerprint`` literals and whose
    address is of one of the ``sites``; empty: on any. ``posts`` are the parts of a thread, each with
    its ``author``, ``date`` and ``body``, in which a ``quote`` of an earlier post goes; ``content`` is
    the main content of any other page. Of each choice of selectors the first that finds anything
    counts. ``drop`` is taken out. ``mode`` is how content becomes text: ``body`` (all of it) or one of trafilatura's ways.
    """

    id: str
    why: str = ""
    fingerprint: tuple[str, ...] = ()
    sites: tuple[str, ...] = ()
    posts: tuple[str, ...] = ()
    min_posts: int = 1
    author: tuple[str, ...] = ()
    date: tuple[str, ...] = ()
    body: tuple[str, ...] = ()
    quote: tuple[str, ...] = ("blockquote",)
    content: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()
    mode: str = "default"
    location: Location = Location("", 0)

    @property
    def family(self) -> str:
        """The first half of the id: ``site`` for profiles of single sites, ``platform`` for all others."""
        return self.id.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Decision:
    """What made a page's text what it is: the ``rule``, ``profile`` or ``signal`` called ``name``.

    ``element`` is the element it hit, as a selector names it; ``why`` says what was done.
    """

    kind: str
    name: str
    element: str = ""
    why: str = ""


@dataclass(frozen=True, slots=True)
class Document:
    """A text on its way through: ``metadata`` may hold title, author, date, site, language and the ``profile`` used.

    ``decisions`` tell how the text came out of its page; a plain text has none.
    """

    id: str
    text: str
    url: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    decisions: tuple[Decision, ...] = ()


@dataclass(frozen=True, slots=True)
class Removal:
    """``document.text[start:end]``, removed by the rule of that id."""

    start: int
    end: int
    rule: str
    text: str


@dataclass(frozen=True, slots=True)
class Cleaned:
    """A document with what was taken out of it.

    ``kept`` is the text less the removals, from which ``restore`` rebuilds the original; ``text`` is
    ``kept`` normalized. ``refused`` says why a document was given back unchanged; empty: it was not.
    """

    document: Document
    kept: str
    text: str
    removals: tuple[Removal, ...] = ()
    refused: str = ""

    @property
    def changed(self) -> bool:
        """Whether the output differs from the input at all, by a rule or by normalization."""
        return self.text != self.document.text


@dataclass(frozen=True, slots=True)
class Failure:
    """A document that could not be processed, and why."""

    id: str
    error: str
    message: str


@dataclass(frozen=True, slots=True)
class Stats:
    """Counts of a run; two runs' counts add with ``+``. Sizes in code points."""

    cleaned: int = 0
    unchanged: int = 0
    refused: int = 0
    failed: int = 0
    skipped: int = 0
    characters: int = 0
    removed: int = 0
    rules: Counter[str] = field(default_factory=Counter)

    @property
    def documents(self) -> int:
        """The inputs that the five counts account for."""
        return self.cleaned + self.unchanged + self.refused + self.failed + self.skipped

    def __add__(self, other: Stats) -> Stats:
        return Stats(
            self.cleaned + other.cleaned,
            self.unchanged + other.unchanged,
            self.refused + other.refused,
            self.failed + other.failed,
            self.skipped + other.skipped,
            self.characters + other.characters,
            self.removed + other.removed,
            self.rules + other.rules,
        )
