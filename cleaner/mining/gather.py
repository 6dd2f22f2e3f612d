"""The second reading of a corpus: what candidate lines look like, where they stand and what stands around them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate

from cleaner import bits
from cleaner.lines import Lines
from cleaner.mining import slots
from cleaner.mining.counting import value
from cleaner.mining.model import ZONES, Context, Text
from cleaner.normalize import characters
from cleaner.pipeline import Cleaner
from cleaner.shapes import Shapes
from cleaner.types import Document

HEAD, BODY, TAIL = range(len(ZONES))

_VARIANTS = 12
_CONTEXTS = 3
_EXCERPT = 200
_NEAR = 4
_NEAR_LONGEST = 240
#: On so many documents the existing rules are asked whether they take a candidate, and on so many of a group at most.
_ASKED, _ASKED_IN_GROUP = 2, 12
#: Between two ends of a block stand at most so many lines.
MOST_BETWEEN = 40


class Seen:
    """A text as mining sees it: its lines with their values, as lines (``exact``) and as templates (0: none)."""

    def __init__(self, text: str, group: int) -> None:
        self.lines = Lines(characters(text)[0])
        self.keys = slots.keys(self.lines.joined)[1:-1] if len(self.lines) else []
        self.exact = [value(group, key) if slots.says_something(key) else 0 for key in self.keys]
        self.templates = [0] * len(self.keys)
        for line, core in enumerate(self.lines.cores):
            if len(core) <= 120 and (said := slots.template(core)):
                self.templates[line] = value(group, f"~{said}")
        self.shapes = Shapes(self.lines, Document("", text))

    @property
    def prose(self) -> list[int]:
        """The values of the prose lines."""
        return [self.exact[line] for line in bits.members(self.shapes.prose(15)) if self.exact[line]]

    def values(self) -> set[int]:
        """Return the values of all lines."""
        return {each for each in (*self.exact, *self.templates) if each}


@dataclass(slots=True)
class Repeated:
    """A line, or a template, that stands on ``documents`` documents, and all that was gathered on it.

    ``forms`` are the texts it has, ``keys`` what they say (one, unless it is a template). ``next`` counts the candidate
    lines that follow it closely and ``gaps`` the most lines between; ``place`` adds up how far down it stands. ``ends``
    says whether an article ends at it wherever it stands; then ``below`` counts the varying lines after it, and
    ``prose_below`` is the greatest share of prose that follows. ``below_characters`` and ``between_characters`` are what
    stands from it to the end and from it to the next candidate line. ``asked``
    documents were cleaned by the existing rules, which took it on ``caught``.
    """

    value: int
    documents: int
    is_template: bool = False
    occurrences: int = 0
    characters: int = 0
    words: int = 0
    forms: Counter[str] = field(default_factory=Counter)
    keys: Counter[str] = field(default_factory=Counter)
    zones: list[int] = field(default_factory=lambda: [0, 0, 0])
    contexts: list[Context] = field(default_factory=list)
    next: Counter[int] = field(default_factory=Counter)
    gaps: dict[int, int] = field(default_factory=dict)
    place: float = 0.0
    heads_prose: int = 0
    is_prose: bool = False
    ends: bool = True
    below: int = 0
    below_characters: int = 0
    between_characters: int = 0
    prose_below: float = 0.0
    near: list[str] = field(default_factory=list)
    asked: int = 0
    caught: int = 0


class Gatherer:
    """Gathers what there is to know of the lines in ``counts``, value to number of documents."""

    def __init__(self, counts: Mapping[int, int], cleaner: Cleaner | None) -> None:
        self.found = {each: Repeated(each, count) for each, count in counts.items()}
        self._cleaner = cleaner
        self._telling: dict[int, dict[str, list[Repeated]]] = {}
        self._asked: Counter[int] = Counter()

    def add(self, seen: Seen, text: Text, group: int) -> None:
        """Take in one document of the group."""
        marked = [self.found.get(each) if each else None for each in seen.exact]
        slotted = [self.found.get(each) if each else None for each in seen.templates]
        if not any(marked) and not any(slotted):
            return
        place = _Place(seen, marked)
        for line, candidate in enumerate(marked):
            if candidate:
                self._note(candidate, line, place, text)
                self._follow(candidate, line, place)
        for line, candidate in enumerate(slotted):
            if candidate:
                candidate.is_template = True
                self._note(candidate, line, place, text)
        present = {each.value: each for each in (*marked, *slotted) if each}
        self._near(group, seen, marked, present)
        if self._cleaner and self._asked[group] < _ASKED_IN_GROUP and any(each.asked < _ASKED for each in present.values()):
            self._asked[group] += 1
            self._ask(self._cleaner, text, seen, (marked, slotted))

    def _note(self, candidate: Repeated, line: int, place: _Place, text: Text) -> None:
        core = place.cores[line]
        candidate.occurrences += 1
        candidate.characters += len(core) + 1
        candidate.words = max(candidate.words, place.shapes.words[line])
        candidate.zones[place.zone(line)] += 1
        candidate.is_prose |= bool(place.prose12 >> line & 1)
        candidate.place += line / len(place.cores)
        candidate.heads_prose += place.heads(line)
        if core in candidate.forms or len(candidate.forms) < (4 * _VARIANTS if candidate.is_template else _VARIANTS):
            candidate.forms[core] += 1
            candidate.keys[place.keys[line]] += 1
        if len(candidate.contexts) < _CONTEXTS and all(each.document != text.id for each in candidate.contexts):
            around = [place.cores[at][:_EXCERPT] if 0 <= at < len(place.cores) else "" for at in (line - 1, line, line + 1)]
            candidate.contexts.append(Context(text.id, *around))
        if candidate.ends:
            before, share, varying = place.rest(line)
            candidate.ends = before
            candidate.below_characters += place.characters(line, len(place.cores))
            candidate.prose_below = max(candidate.prose_below, share)
            candidate.below += varying

    def _follow(self, candidate: Repeated, line: int, place: _Place) -> None:
        """Note the next candidate line, if nothing but unfinished lines stands between."""
        for at in range(line + 1, min(line + MOST_BETWEEN, len(place.marked))):
            other = place.marked[at]
            if other:
                candidate.next[other.value] += 1
                candidate.gaps[other.value] = max(candidate.gaps.get(other.value, 0), at - line - 1)
                candidate.between_characters += place.characters(line, at + 1)
                return
            if place.prose12 >> at & 1:
                return

    def _near(self, group: int, seen: Seen, marked: Sequence[Repeated | None], present: Mapping[int, Repeated]) -> None:
        """Note prose that holds the telling word of a candidate: what nearly matches and must stay."""
        telling = self._telling.setdefault(group, {})
        for candidate in present.values():
            if candidate.occurrences == 1 or not telling:
                for word in _telling(candidate):
                    telling.setdefault(word, []).append(candidate)
        words = telling.keys()
        for line in bits.members(seen.shapes.prose(12)):
            if marked[line] or len(seen.lines.cores[line]) > _NEAR_LONGEST:
                continue
            for word in words & set(seen.keys[line].split()):
                for candidate in telling[word]:
                    if len(candidate.near) < _NEAR:
                        candidate.near.append(seen.lines.raw(line).strip())
                telling[word] = [each for each in telling[word] if len(each.near) < _NEAR]

    def _ask(self, cleaner: Cleaner, text: Text, seen: Seen, marks: Sequence[Sequence[Repeated | None]]) -> None:
        """Note which candidates the existing rules take on this document."""
        settled = seen.lines.text
        gone = bytearray(len(settled))
        cleaned = cleaner.clean(Document(text.id, settled, text.url))
        for removal in cleaned.removals:
            gone[removal.start : removal.end] = b"\1" * (removal.end - removal.start)
        for marked in marks:
            for line, candidate in enumerate(marked):
                if candidate:
                    start, end = seen.lines.span(line)
                    candidate.asked += 1
                    candidate.caught += gone[start] and all(gone[start : end - 1])


class _Place:
    """Where the lines of one document stand, its own prose being that which no candidate repeats."""

    def __init__(self, seen: Seen, marked: Sequence[Repeated | None]) -> None:
        self.marked = marked
        self.cores = seen.lines.cores
        self.keys = seen.keys
        self.shapes = seen.shapes
        self.prose12 = seen.shapes.prose(12)
        prose = seen.shapes.prose(15)
        repeated = bits.of([each is not None for each in marked])
        own = prose & ~repeated
        self._first, self._last = (bits.first(own), bits.last(own)) if own else (0, -1)
        self._lengths = [0, *accumulate(len(core) + 1 for core in self.cores)]
        self._own12 = self.prose12 & ~repeated
        words = seen.shapes.words
        total = sum(words[line] for line in bits.members(prose)) or 1
        #: For each line: prose lines before it, share of prose from it on, lines below it that no candidate repeats.
        self._before: list[int] = []
        count = 0
        for line in range(len(words)):
            self._before.append(count)
            count += prose >> line & 1
        self._share = [0.0] * len(words)
        self._varying = [0] * len(words)
        below, varying = 0, 0
        for line in range(len(words) - 1, -1, -1):
            below += words[line] if prose >> line & 1 else 0
            self._share[line], self._varying[line] = below / total, varying
            varying += marked[line] is None

    def zone(self, line: int) -> int:
        """Return the zone of a line; a document without prose of its own is all tail."""
        return HEAD if line < self._first else TAIL if line > self._last else BODY

    def characters(self, start: int, end: int) -> int:
        """Return how many characters the lines from ``start`` to before ``end`` have."""
        return self._lengths[end] - self._lengths[start]

    def heads(self, line: int) -> bool:
        """Return whether the line stands right above prose of the document's own."""
        return bool(self._own12 >> (line + 1) & 1)

    def rest(self, line: int) -> tuple[bool, float, int]:
        """Return whether an article ends at the line, what share of the prose follows, and how many varying lines."""
        return self._before[line] >= 3 and line > self._last, self._share[line], self._varying[line]


def _telling(candidate: Repeated) -> list[str]:
    """Return the longest word of a candidate, by which prose that speaks of the same is found."""
    words = sorted(next(iter(candidate.keys), "").split(), key=lambda word: (-len(word), word))
    return [word for word in words[:2] if len(word) > 3]
