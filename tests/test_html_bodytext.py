"""Whole bodies without their furniture, and how elements become lines."""

from __future__ import annotations

import pytest
from lxml import html

from cleaner.html import render
from cleaner.html.bodytext import BodyText
from cleaner.html.tree import strip_unseen
from pages import STORY, page, paragraphs


def lines(body: str) -> list[str]:
    tree = html.fromstring(page(body))
    strip_unseen(tree)
    return BodyText().lines(tree)


class TestBodyText:
    @pytest.mark.parametrize(
        "furniture",
        [
            "<nav>Junk</nav>", "<footer>Junk</footer>", "<aside>Junk</aside>", "<dialog>Junk</dialog>", "<header>Junk</header>",
            '<div role="navigation">Junk</div>', '<div class="cookie-banner cookie">Junk</div>', '<ul class="breadcrumbs"><li>Junk</ul>',
            '<div id="sidebar">Junk</div>', "<script>Junk</script>", "<noscript>Junk</noscript>", "<select><option>Junk</select>",
        ],
    )  # fmt: skip
    def test_furniture_goes(self, furniture: str) -> None:
        assert lines(f"{furniture}<div>{paragraphs()}</div>") == STORY

    @pytest.mark.parametrize(
        "body", ["<header><h1>Oars</h1></header>", '<div class="no-sidebar">Oars</div>', '<div class="menuhin">Oars</div>']
    )
    def test_other_elements_stay(self, body: str) -> None:
        assert lines(f"{body}<div>{paragraphs()}</div>")[0] == "Oars"

    def test_the_main_element_alone(self) -> None:
        assert lines(f"<div>Elsewhere</div><main>{paragraphs()}</main>") == STORY

    def test_a_small_main_element_is_not_believed(self) -> None:
        assert lines(f"<main>Hello</main><div>{paragraphs()}</div>") == ["Hello", *STORY]

    def test_classes_that_would_take_most_of_the_text_are_not_believed(self) -> None:
        boxes = "".join(f'<div class="popup">{text}</div>' for text in STORY)
        assert lines(f"<div>Opening hours of the ticket office</div>{boxes}")[1:] == STORY

    def test_a_menu_goes_however_long_it_is(self) -> None:
        links = "".join(f'<li><a href="/{number}">Section {number}</a></li>' for number in range(90))
        assert lines(f"<nav><ul>{links}</ul></nav><p>Tide tables</p>") == ["Tide tables"]

    def test_a_line_is_said_once(self) -> None:
        assert lines("<p>Oars</p><p>Oars</p><p>Sails</p>") == ["Oars", "Sails"]


class TestRender:
    @staticmethod
    def rendered(body: str, markdown: bool = False) -> list[str]:
        return render.lines(html.fragment_fromstring(body, create_parent="div"), (), markdown)

    def test_blocks_and_line_breaks(self) -> None:
        assert self.rendered("a<p>b <b>c</b>\n d<br>e</p>f") == ["a", "b c d", "e", "f"]

    def test_rows_and_items(self) -> None:
        assert self.rendered("<table><tr><th>a</th><td>b</td></tr><tr><td></td><td>c</td></tr></table><ul><li>d</li></ul>") == [
            "a | b",
            "c",
            "- d",
        ]

    def test_code_keeps_its_lines_and_indentation(self) -> None:
        assert self.rendered("<pre>a\n  b\n</pre>") == ["a", "  b"]

    def test_markdown(self) -> None:
        assert self.rendered("<h2>a</h2><ul><li>b</li></ul><pre>c</pre>", markdown=True) == ["## a", "- b", "```", "c", "```"]
