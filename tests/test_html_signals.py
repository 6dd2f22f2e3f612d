"""Points for pages that are no articles."""

from __future__ import annotations

import pytest
from lxml import html

from cleaner.html import metadata
from cleaner.html.signals import is_manual, points
from pages import page


def total(url: str | None, head: str = "", body: str = "<p>x</p>") -> int:
    tree = html.fromstring(page(body, head=head))
    return points(tree, url, metadata.read(tree)).total


LD = '<script type="application/ld+json">{{"@type": "{}"}}</script>'


@pytest.mark.parametrize(
    ("url", "head", "body", "want"),
    [
        ("https://forum.a.example/x", "", "", 3),
        ("https://a.example/threads/5", "", "", 3),
        ("https://a.example/category/oars", "", "", 2),
        ("https://a.example/", "", "", 3),
        ("https://a.example/?srsltid=Afm", "", "", 3),
        ("https://a.example/?p=5", "", "", 0),
        ("https://a.example/x", '<meta property="og:type" content="website">', "", 1),
        ("https://a.example/x", '<meta property="og:type" content="article">', "", -1),
        ("https://a.example/x", LD.format("QAPage"), "", 2),
        ("https://a.example/x", LD.format("Product"), "", 1),
        ("https://a.example/x", LD.format("NewsArticle"), "", -1),
        ("https://a.example/2024/05/x", "", "", -2),
        ("https://a.example/a-ferry-in-fog", "", "", -1),
        ("https://a.example/x.html", "", "", -1),
        ("https://a.example/x", '<meta name="author" content="Ada">', "", -1),
        ("https://a.example/x", "", '<span itemprop="author">Ada</span>', -1),
        ("https://a.example/x", "", "<article>x</article>", -1),
        ("https://a.example/x", "", "<article>x</article><article>y</article>", 0),
        ("https://a.example/talkative", "", "", 0),
        (None, "", "", 0),
    ],
)
def test_points(url: str | None, head: str, body: str, want: int) -> None:
    assert total(url, head, body or "<p>x</p>") == want


@pytest.mark.parametrize(
    ("url", "want"),
    [("https://docs.a.example/x", True), ("https://a.example/docs/x", True), ("https://a.example/documents", False), (None, False)],
)
def test_is_manual(url: str | None, want: bool) -> None:
    assert is_manual(url) is want
