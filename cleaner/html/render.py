"""Elements to lines of text: one line a block, a row or a list item, as plain text or as Markdown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

from lxml import etree

from cleaner.html.tree import Element

#: Elements that begin and end a line.
BLOCKS = frozenset(
    """address article aside blockquote body br button caption center dd details dialog dir div dl dt fieldset figcaption figure footer
    form frameset h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol option p pre section select summary table tbody tfoot
    thead tr ul label optgroup textarea""".split()
)
_NOT_SHOWN = frozenset(("script", "style", "template", "svg", "select", "textarea", "head", "option", "input"))
_CELLS = ("td", "th")
_HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
_BULLET = "- "
_FENCE = "```"
_EMPHASIS = {"strong": "**", "b": "**", "em": "*", "i": "*"}
#: Lines of Markdown between which no blank line stands.
_TIGHT = (_BULLET, "| ")


def lines(root: Element, dropped: Collection[Element] = (), markdown: bool = False) -> list[str]:
    """Return the text of the element line by line, without the ``dropped`` elements in it."""
    return [line for line in _Writer(markdown).write(root, dropped) if line]


def once(lines: Iterable[str]) -> list[str]:
    """Return the lines without those that were there before; code in Markdown keeps all of its own."""
    seen: set[str] = set()
    kept: list[str] = []
    code = False
    for line in lines:
        if line == _FENCE:
            code = not code
        elif line in seen and not code:
            continue
        seen.add(line)
        kept.append(line)
    return kept


def spaced(lines: Iterable[str]) -> list[str]:
    """Return lines of Markdown with a blank line between any two that are not of one list, table or piece of code."""
    kept: list[str] = []
    code = False
    for line in lines:
        fence = line == _FENCE
        inside = code or (bool(kept) and line.startswith(_TIGHT) and kept[-1].startswith(line[:2]))
        if kept and not inside:
            kept.append("")
        code ^= fence
        kept.append(line)
    return kept


class _Writer:
    """Collects the pieces of a line until a block ends it."""

    def __init__(self, markdown: bool) -> None:
        self._markdown = markdown
        self._line: list[str] = []
        self._prefix = ""
        self._code = 0
        #: The marked elements that are open: where in the line they began, what stands before and behind them.
        self._open_marks: list[tuple[int, str, str]] = []

    def write(self, root: Element, dropped: Collection[Element]) -> Iterator[str]:
        walk = etree.iterwalk(root, events=("start", "end"))
        for event, element in walk:
            tag = element.tag
            if event == "start":
                if not isinstance(tag, str) or tag in _NOT_SHOWN or element in dropped:
                    walk.skip_subtree()
                    continue
                yield from self._open(tag)
                if self._markdown and not self._code:
                    self._mark(element)
                if element.text:
                    yield from self._text(element.text)
            else:
                if isinstance(tag, str) and not (tag in _NOT_SHOWN or element in dropped):
                    self._unmark(tag)
                    yield from self._close(tag)
                if element.tail and element is not root:
                    yield from self._text(element.tail)
        yield self._flush()

    def _open(self, tag: str) -> Iterator[str]:
        if tag in BLOCKS:
            yield self._flush()
            if tag == "pre":
                self._code += 1
                if self._markdown:
                    yield _FENCE
            elif tag == "li":
                self._prefix = _BULLET
            elif self._markdown and tag in _HEADINGS:
                self._prefix = _HEADINGS[tag] + " "
        elif tag in _CELLS and self._line:
            self._line.append(" | ")

    def _close(self, tag: str) -> Iterator[str]:
        if tag in BLOCKS:
            yield self._flush()
            if tag == "pre":
                self._code -= 1
                if self._markdown:
                    yield _FENCE
            self._prefix = ""

    def _mark(self, element: Element) -> None:
        address = element.get("href") or ""
        if element.tag in _EMPHASIS:
            self._open_marks.append((len(self._line), _EMPHASIS[element.tag], _EMPHASIS[element.tag]))
        elif element.tag == "a" and address and not address.startswith(("#", "javascript:")):
            self._open_marks.append((len(self._line), "[", f"]({address})"))
        elif element.tag in ("a", *_EMPHASIS):
            self._open_marks.append((len(self._line), "", ""))

    def _unmark(self, tag: str) -> None:
        if not (self._open_marks and tag in ("a", *_EMPHASIS)):
            return
        start, before, behind = self._open_marks.pop()
        text = "".join(self._line[start:])
        bare = text.strip()
        if bare and before and start <= len(self._line):
            self._line[start:] = [text[: text.index(bare)], before, bare, behind, text[text.index(bare) + len(bare) :]]

    def _text(self, text: str) -> Iterator[str]:
        if not self._code:
            self._line.append(text)
            return
        *whole, rest = text.split("\n")
        for line in whole:
            self._line.append(line)
            yield self._flush()
        self._line.append(rest)

    def _flush(self) -> str:
        self._open_marks = [(0, "", "") for _ in self._open_marks]
        line = "".join(self._line)
        self._line.clear()
        line = line.rstrip() if self._code else " ".join(line.split())
        line = line.strip(" |") if "|" in line and not line.strip(" |") else line
        if not line.strip():
            return ""
        line, self._prefix = self._prefix + line, ""
        return line
