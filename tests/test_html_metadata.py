"""What pages say about themselves."""

from __future__ import annotations

import pytest
from lxml import html

from cleaner.html.metadata import is_address, read
from pages import page


def known(head: str = "", body: str = "", title: str = "A ferry") -> dict[str, str]:
    return dict(read(html.fromstring(page(body or "<p>x</p>", title, head))).known)


LD = '<script type="application/ld+json">{}</script>'


class TestTitle:
    def test_the_heading_that_stands_in_the_title(self) -> None:
        assert known(body="<h1>A ferry</h1>")["title"] == "A ferry"

    def test_open_graph_before_the_page_title(self) -> None:
        assert known('<meta property="og:title" content="A late ferry">')["title"] == "A late ferry"

    def test_without_the_site(self) -> None:
        assert known('<meta property="og:site_name" content="The Pier Post">')["title"] == "A ferry"
        assert known()["title"] == "A ferry"

    def test_a_logo_is_not_the_title(self) -> None:
        assert (
            known(body="<h1>The Pier Post</h1><h1>A ferry that was late once more</h1>", title="A ferry that was late once more")["title"]
            == "A ferry that was late once more"
        )


class TestStructuredData:
    def test_article(self) -> None:
        head = LD.format(
            '{"@graph": [{"@type": "NewsArticle", "headline": "H", "datePublished": "2024-05-07T08:00:00Z", "author": [{"name": "Ada Quill"}, {"name": "Ben Oar"}], "publisher": {"name": "The Pier Post"}}]}'
        )
        found = known(head)
        assert (found["author"], found["date"], found["site"]) == ("Ada Quill, Ben Oar", "2024-05-07", "The Pier Post")

    @pytest.mark.parametrize("broken", ["{", "[1, 2", "null", '"text"', '{"@type": null}', '{"@type": {"a": 1}}', "[" * 5000])
    def test_broken_data_is_passed_over(self, broken: str) -> None:
        assert known(LD.format(broken))["title"] == "A ferry"

    def test_types_and_raw_line_ends(self) -> None:
        head = LD.format('/*<![CDATA[*/{"@type": ["Product"], "name": "a\nb"}') + LD.format(
            '{"@type": "https://schema.org/QAPage", "name": "a\nb"}'
        )
        assert "QAPage" in read(html.fromstring(page("<p>x</p>", head=head))).types


@pytest.mark.parametrize(
    ("head", "body", "key", "value"),
    [
        ('<meta name="author" content="By Ada Quill">', "", "author", "Ada Quill"),
        ('<meta name="author" content="https://x.example/ada">', '<a rel="author">Ada Quill</a>', "author", "Ada Quill"),
        ('<meta property="article:published_time" content="2024-05-07T08:00">', "", "date", "2024-05-07"),
        ("", '<time datetime="2024-05-07">Tuesday</time>', "date", "2024-05-07"),
        ('<link rel="canonical" href="https://x.example/a">', "", "url", "https://x.example/a"),
        ('<meta property="og:url" content="https://x.example/b">', "", "url", "https://x.example/b"),
        ('<meta property="og:site_name" content="Post">', "", "site", "Post"),
    ],
)
def test_fields(head: str, body: str, key: str, value: str) -> None:
    assert known(head, body)[key] == value


def test_two_dates_are_none() -> None:
    assert "date" not in known(body='<time datetime="2024-05-07">a</time><time datetime="2023-01-01">b</time>')


@pytest.mark.parametrize(("lang", "want"), [("de-AT", "de"), ("EN_us", "en"), ("", None), ("x-klingon", None)])
def test_language(lang: str, want: str | None) -> None:
    assert read(html.fromstring(page("<p>x</p>", lang=lang))).known.get("language") == want


@pytest.mark.parametrize(("url", "want"), [("https://a.example/", True), ("/a", False), ("http://[a/", False), ("", False)])
def test_is_address(url: str, want: bool) -> None:
    assert is_address(url) is want
