"""Markup that is not meant as it stands: parts of a page sent behind it, and tables that only place things."""

from __future__ import annotations

import re

from cleaner.html.tree import Element, length, remove

#: React sends what a page waits for behind it, in hidden elements, and a script moves it to where these templates are.
_HOLES = re.compile(r'<template id="[BP]:')
_HOLE, _PART = re.compile(r"[BP]:(\w+)"), re.compile(r"S:(\w+)")

#: A cell with so much text and more than one block in it holds a part of the page, not a datum.
_PART_OF_PAGE = 500
_BLOCKS = ("p", "div", "br", "h1", "h2", "h3", "h4", "ul", "ol", "table", "center", "article", "section")
_CELLS = ("td", "th")
_ROWS = frozenset(("thead", "tbody", "tfoot", "tr", "td", "th", "caption"))


def put_in_place(tree: Element, markup: str) -> None:
    """Move the parts of a streamed page to where they belong, or show them where they are."""
    if not _HOLES.search(markup):
        return
    holes = {found[1]: each for each in tree.iter("template") if (found := _HOLE.match(each.get("id") or ""))}
    parts = {each: found[1] for each in tree.iter("div") if (found := _PART.match(each.get("id") or "")) and "hidden" in each.attrib}
    for part, number in parts.items():
        del part.attrib["hidden"]
        hole = holes.get(number)
        if hole is not None and hole.getparent() is not None and part not in hole.iterancestors():
            remove(part)
            hole.addprevious(part)


def open_layout_tables(tree: Element) -> None:
    """Make blocks of the tables whose cells hold parts of the page, so that their text is not taken for rows of data."""
    for table in list(tree.iter("table")):
        cells = [cell for cell in table.iter(*_CELLS) if next(cell.iterancestors("table")) is table]
        if any(_holds_blocks(cell) and length(cell) >= _PART_OF_PAGE for cell in cells):
            for element in (table, *_own_parts(table)):
                element.tag = "div"


def _holds_blocks(cell: Element) -> bool:
    return sum(1 for _, _ in zip(cell.iter(*_BLOCKS), range(2), strict=False)) > 1


def _own_parts(table: Element) -> list[Element]:
    """Return the rows and cells of the table, without those of tables in it."""
    return [part for part in table.iter(*_ROWS) if next(part.iterancestors("table")) is table]
