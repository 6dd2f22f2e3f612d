"""Markup put right before it is read."""

from __future__ import annotations

import pytest
from lxml import html

from cleaner.html import source
from cleaner.html.repair import open_layout_tables, put_in_place
from cleaner.html.tree import length, running_text, strip_unseen, text_of
from pages import STORY, page, paragraphs


class TestLayoutTables:
    @staticmethod
    def tags(body: str) -> list[str]:
        tree = html.fromstring(page(body))
        open_layout_tables(tree)
        return [each.tag for each in tree.find("body").iter("table", "tr", "td", "div")]

    def test_a_cell_that_holds_a_part_of_the_page_opens_its_table(self) -> None:
        assert self.tags(f"<table><tr><td>Menu</td><td>{paragraphs()}</td></tr></table>") == ["div"] * 4

    def test_tables_in_it_are_judged_for_themselves(self) -> None:
        data = "<table><tr><td>1</td></tr></table>"
        assert self.tags(f"<table><tr><td>{paragraphs()}{data}</td></tr></table>") == ["div"] * 3 + ["table", "tr", "td"]

    @pytest.mark.parametrize("cell", ["<p>a</p><p>b</p>", " ".join(STORY), f"<p>{' '.join(STORY)}</p>"])
    def test_data_stay(self, cell: str) -> None:
        assert self.tags(f"<table><tr><td>{cell}</td></tr></table>") == ["table", "tr", "td"]


class TestStreamedPages:
    @staticmethod
    def text(body: str) -> str:
        markup = page(body)
        tree = source.parse(markup)
        put_in_place(tree, markup)
        strip_unseen(tree)
        return text_of(tree.find("body"))

    def test_parts_go_where_their_templates_are(self) -> None:
        body = '<main><template id="B:0"></template>z</main><div hidden id="S:0">a<template id="P:1"></template></div><div hidden id="S:1">b</div>'
        assert self.text(body) == "abz"

    def test_a_part_without_a_template_stays_where_it_is(self) -> None:
        assert self.text('<p>a</p><template id="B:0"></template><div hidden id="S:7">b</div>') == "ab"

    def test_a_part_that_holds_its_own_template_is_not_moved(self) -> None:
        assert self.text('<div hidden id="S:0">a<template id="B:0"></template></div>') == "a"

    def test_other_pages_stay_as_they_are(self) -> None:
        assert self.text('<div hidden id="S:0">a</div>') == "a"


class TestUnseen:
    @staticmethod
    def text(body: str) -> str:
        tree = html.fromstring(page(body))
        strip_unseen(tree)
        return text_of(tree.find("body"))

    def test_short_ones_go(self) -> None:
        assert self.text("<p>a</p><noscript>Switch scripts on.</noscript><object>No plug-in</object>") == "a"

    def test_the_only_form_of_a_text_stays(self) -> None:
        assert self.text(f"<p>a</p><noscript>{paragraphs()}</noscript>").count("trombones") == 1

    def test_a_menu_for_readers_without_scripts_goes(self) -> None:
        links = "".join(f'<a href="/{number}">Section number {number} of this site</a>' for number in range(30))
        assert self.text(f"{paragraphs()}{paragraphs()}{paragraphs()}<noscript>{links}</noscript>").count("Section") == 0

    def test_markup_that_was_not_parsed_goes(self) -> None:
        assert self.text(f"<p>a</p><noscript>&lt;img src='{'x' * 500}'&gt;</noscript>") == "a"

    def test_running_text_is_what_stands_in_long_pieces(self) -> None:
        tree = html.fromstring(page(f"<ul><li>a</li></ul><p>{STORY[0]}</p>"))
        assert running_text(tree.find("body")) == len(STORY[0]) < length(tree.find("body"))
