"""Pages become documents: what is content, what is said about it, and why."""

from __future__ import annotations

from functools import cache

import pytest

from cleaner.errors import ReadError
from cleaner.extract import Extractor, extract
from cleaner.loading import load
from cleaner.types import Decision, Document
from pages import STORY, article, page, paragraphs

URL = "https://pierpost.example/2024/05/07/a-ferry-in-the-fog.html"


@cache
def extractor(*ignore: str) -> Extractor:
    return Extractor(load().select(ignore=ignore))


def decisions(document: Document, kind: str) -> list[str]:
    return [each.name for each in document.decisions if each.kind == kind]


class TestArticle:
    def test_content_with_its_title_on_top(self) -> None:
        assert extract(article(), URL).text.splitlines() == ["A ferry in the fog", *STORY]

    def test_body_alone(self) -> None:
        assert extract(article(), URL, title=False).text.splitlines() == STORY

    def test_title_that_is_repeated_in_the_text_is_a_decision(self) -> None:
        assert (
            Decision("signal", "title", "A ferry in the fog", "the title of the page, which is printed once, on top")
            in extract(article(), URL).decisions
        )

    def test_a_line_further_down_may_be_the_title(self) -> None:
        body = article(
            f"<p>A ferry in the fog</p>{paragraphs(['The song is called after the poem of that name, which every child of the island knows by heart.'])}"
        )
        assert extract(body, URL, title=False).text.splitlines().count("A ferry in the fog") == 1

    def test_metadata_address_and_language(self) -> None:
        head = '<link rel="canonical" href="https://pierpost.example/a"><meta name="author" content="Ada Quill">'
        document = extract(article(head=head), None)
        assert document.url == "https://pierpost.example/a"
        assert document.metadata == {"title": "A ferry in the fog", "author": "Ada Quill", "site": "The Pier Post", "language": "en"}

    def test_elements_that_html_rules_name_go_and_are_told(self) -> None:
        document = extract(
            article('<div class="author-bio" id="bio"><p>Ada Quill writes about ferries and lives by the sea.</p></div>'), URL
        )
        assert "Ada Quill" not in document.text
        told = next(each for each in document.decisions if each.name == "byline/html-author-box")
        assert (told.kind, told.element) == ("rule", "div#bio.author-bio")

    def test_an_ignored_rule_leaves_its_elements(self) -> None:
        body = article('<p><b>Read more:</b> <a href="/b">A bridge too long for the town</a></p>')
        assert "bridge" not in extractor().extract(body, URL).text
        assert "bridge" in extractor("related").extract(body, URL).text

    def test_markdown_keeps_headings_lists_and_links(self) -> None:
        body = article(
            f'<h2>The choir</h2><p>{STORY[0]} <a href="https://choir.example/">It has a page.</a></p><ul><li>alto</li><li>bass</li></ul>'
        )
        lines = extractor().extract(body, URL, markdown=True).text.splitlines()
        assert lines[0] == "# A ferry in the fog"
        assert "## The choir" in lines
        assert "- alto" in lines
        assert any("[It has a page.](https://choir.example/)" in line for line in lines)

    def test_extraction_does_not_depend_on_what_came_before(self) -> None:
        first = extractor().extract(article(), URL)
        extractor().extract(page('<div class="related-posts x">Elsewhere</div>' + paragraphs()), URL)
        assert extractor().extract(article(), URL) == first

    @pytest.mark.parametrize("url", ["http://[broken/", "no address", "", None])
    def test_addresses_that_are_none_do_no_harm(self, url: str | None) -> None:
        assert extract(article(), url, title=False).text.splitlines() == STORY


class TestCutShort:
    """Trafilatura stood in for: it finds the first paragraph, and ``recall`` more of them."""

    @pytest.fixture
    def found(self, monkeypatch: pytest.MonkeyPatch) -> list[str]:
        """What recall mode finds."""
        more: list[str] = []
        monkeypatch.setattr("cleaner.extract._trafilatura", lambda _tree, _page, mode="default": more if mode == "recall" else STORY[:1])
        return more

    LONG = paragraphs([f"{text} And so it went on for the whole of that long and foggy week." for text in STORY])

    def test_recall_mode_where_much_more_is_found(self, found: list[str]) -> None:
        found += STORY
        document = extract(page(self.LONG), URL)
        assert decisions(document, "signal") == ["recall"]
        assert document.text.splitlines()[1:] == STORY

    def test_not_for_a_little_more(self, found: list[str]) -> None:
        found += [STORY[0], "Tide tables"]
        assert decisions(extract(page(self.LONG), URL), "signal") == []

    def test_documentation_is_read_as_a_whole_for_less(self, found: list[str]) -> None:
        steps = "".join(f"<li>Step {number}: cast off and wait for the bell.</li>" for number in range(2))
        document = extract(page(f"<p>{STORY[0]}</p><ol>{steps}</ol>"), "https://ferries.example/docs/2024-rules-for-the-ferry.html")
        assert decisions(document, "signal") == ["manual"]
        assert "- Step 1: cast off and wait for the bell." in document.text.splitlines()
        assert not found

    def test_documentation_with_far_more_text_is_not(self, found: list[str]) -> None:
        document = extract(page(self.LONG), "https://ferries.example/docs/2024-rules-for-the-ferry.html")
        assert decisions(document, "signal") == []
        assert not found

    def test_a_live_blog_is_read_as_a_whole(self, found: list[str]) -> None:
        head = '<script type="application/ld+json">{"@type": "LiveBlogPosting"}</script>'
        document = extract(page(paragraphs(), head=head), URL, title=False)
        assert decisions(document, "signal") == ["live-blog"]
        assert document.text.splitlines() == STORY
        assert not found

    def test_short_lines_alone_are_no_text_where_there_are_long_ones(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cleaner.extract._trafilatura", lambda *_: ["Home", "Tide tables"])
        document = extract(page(self.LONG), URL, title=False)
        assert decisions(document, "signal") == ["no-article"]
        assert len(document.text.splitlines()) == len(STORY)

    def test_not_where_the_page_has_no_more_long_lines(self, found: list[str]) -> None:
        found += STORY
        assert decisions(extract(page(paragraphs(STORY[:1]) + "<p>Tide tables</p>"), URL), "signal") == []


class TestStandfirst:
    LEAD = "Nobody on the island minds that the ferry is late, as long as the trombones are in tune and the choir finds its notes."
    HEAD = f'<meta name="description" content="{LEAD[:112]}...">'

    @pytest.fixture(autouse=True)
    def _found(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cleaner.extract._trafilatura", lambda *_: list(STORY))

    def body(self, lead: str, head: str = HEAD) -> str:
        return page(f"<h1>A ferry in the fog</h1>{lead}{paragraphs()}", head=head)

    def test_what_the_description_says_belongs_to_the_text(self) -> None:
        document = extract(self.body(f'<div class="deck"><p>{self.LEAD}</p></div>'), URL, title=False)
        assert document.text.splitlines() == [self.LEAD, *STORY]
        assert [each.element for each in document.decisions if each.name == "standfirst"] == ["p"]

    def test_marked_up_in_parts(self) -> None:
        lead = f"<p><b>{self.LEAD[:30]}</b>{self.LEAD[30:]}</p>"
        assert extract(self.body(lead), URL, title=False).text.splitlines()[0] == self.LEAD

    @pytest.mark.parametrize(
        "markup",
        [
            page(f"<h1>A ferry in the fog</h1><p>{LEAD}</p>{paragraphs()}"),
            page(f"{paragraphs()}<p>{LEAD}</p>", head=HEAD),
            page(f"<p>{LEAD} {STORY[0]}</p>{paragraphs()}", head=HEAD),
            page(f"<p>{LEAD.rstrip('.')}</p>{paragraphs()}", head=HEAD),
            page(f"<p>The trombones are in tune.</p>{paragraphs()}", head='<meta name="description" content="The trombones are in tune.">'),
            page(paragraphs(), head=HEAD),
        ],
        ids=["no description", "below the text", "more than it", "no sentence", "too short", "not in the page"],
    )
    def test_nothing_else_does(self, markup: str) -> None:
        assert extract(markup, URL, title=False).text.splitlines() == STORY


class TestOtherPages:
    def test_a_listing_is_read_as_a_whole(self) -> None:
        cards = "".join(f"<li><h3>Oar number {number}</h3><span>{number} crowns</span></li>" for number in range(30))
        body = page(f"<nav>Home Oars Boats</nav><main><h1>Oars</h1><ul>{cards}</ul></main><footer>Imprint</footer>", "Oars")
        document = extract(body, "https://shop.example/category/oars/", title=False)
        assert "page-type" in decisions(document, "signal")
        assert "Oar number 29" in document.text
        assert "Imprint" not in document.text

    def test_front_page_points_are_explained(self) -> None:
        body = page("<main><h2>Ferry rates</h2>" + "".join(f"<p>Line {number}: {number} crowns</p>" for number in range(20)) + "</main>")
        why = next(each.why for each in extract(body, "https://ferries.example/").decisions if each.name == "page-type")
        assert "front page +3" in why

    def test_an_address_of_an_article_outweighs_a_listing_word(self) -> None:
        head = '<meta property="og:type" content="article"><meta name="author" content="Ada Quill">'
        document = extract(article(head=head), "https://pierpost.example/shop/2024/05/07/a-ferry-in-the-fog.html")
        assert decisions(document, "signal") == ["title"]

    def test_reviews_go_from_pages_read_as_a_whole_and_other_boxes_stay(self) -> None:
        cards = "".join(f"<p>Oar number {number}: {number} crowns</p>" for number in range(30))
        boxes = '<div class="customer-reviews">It broke in May.</div><div class="author-box">Made by Ada Quill.</div>'
        document = extract(page(f"<main>{cards}{boxes}</main>", "Oars"), "https://shop.example/category/oars/")
        assert "broke" not in document.text
        assert "Made by Ada Quill." in document.text
        assert decisions(document, "rule") == ["comments/html-reviews"]

    def test_markdown_of_a_page_read_as_a_whole(self) -> None:
        body = '<main><h2>Oars</h2><p>An <b>oar</b> of <a href="/ash">ash wood</a>.</p><ul><li>long</li><li>short</li></ul><pre>a\n b\na</pre></main>'
        document = extractor().extract(page(body, "Oars and sails"), "https://shop.example/category/oars/", title=False, markdown=True)
        assert document.text.splitlines() == [
            "## Oars", "", "An **oar** of [ash wood](/ash).", "", "- long", "- short", "", "```", "a", " b", "a", "```",
        ]  # fmt: skip

    def test_a_very_large_page_is_read_as_a_whole(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cleaner.extract._LARGE", 500)
        document = extract(article('<div class="author-box">Ada Quill writes.</div>'), URL, title=False)
        assert decisions(document, "signal")[0] == "large-page"
        assert document.text.splitlines() == STORY

    @pytest.mark.parametrize("holder", ["<nav>{}</nav>", '<div class="menu">{}</div>', '<div role="navigation">{}</div>'])
    def test_a_menu_is_no_content(self, holder: str) -> None:
        links = "".join(f'<li><a href="/{number}">Section {number}</a></li>' for number in range(60))
        document = extract(page(holder.format(f"<ul>{links}</ul>")), "https://pierpost.example/a")
        assert document.text == ""


class TestHardPages:
    @pytest.mark.parametrize(
        "markup",
        [
            b"",
            b" \n ",
            b"<html></html>",
            "<html><head><title>x</title></head></html>",
            "<html><body><script>var a = 1</script></body></html>",
            b"\x00\x01\x02",
        ],
    )
    def test_pages_without_text(self, markup: bytes | str) -> None:
        assert extract(markup).text == ""

    @pytest.mark.parametrize(
        "markup",
        [
            f"<html><body><div><p>{paragraphs()}<table><tr><td>x</div></p></b></i>",
            paragraphs(),
            f"<html><body>{paragraphs()[:200]}\0\0{paragraphs()[200:]}</body></html>",
            f'<?xml version="1.0" encoding="iso-8859-1"?><html><body>{paragraphs()}</body></html>',
            f"<html><body>{'<div>' * 3000}{paragraphs()}{'</div>' * 3000}</body></html>",
            f"<html><body>{'<span><b>' * 2000}{paragraphs()}</body></html>",
            f"<html><body>{'<ul><li>' * 2000}{paragraphs()}</body></html>",
            f"<html><body>{'<table><tr><td>' * 2000}{paragraphs()}</body></html>",
            f"<html><body><p>Tide tables</p>{'<div>x' * 3000}{paragraphs()}</body></html>",
            f"<html><body><noscript>{paragraphs()}</body></html>",
            page(f'<div><template id="B:0"></template></div><div hidden id="S:0">{paragraphs()}</div>'),
            page(f"<table><tr><td>Menu</td><td>{paragraphs()}</td></tr></table>"),
            page(paragraphs())[:-16],
            f'<html><frameset cols="*"><frame src="a.html"></frameset><noframes><body>{paragraphs()}</body></noframes></html>',
            f"<html amp><body><amp-sidebar><ul><li>Home</li></ul></amp-sidebar><article>{paragraphs()}</article></body></html>",
        ],
        ids=[
            "broken",
            "fragment",
            "nul",
            "xml declaration",
            "deep",
            "deep inline",
            "deep lists",
            "deep tables",
            "deep with text",
            "noscript",
            "streamed",
            "layout table",
            "cut off",
            "frames",
            "amp",
        ],
    )
    def test_text_is_found(self, markup: str) -> None:
        text = extract(markup).text
        assert all(" ".join(line.split()) in " ".join(text.split()) for line in STORY[1:])

    @pytest.mark.parametrize("encoding", ["utf-16", "utf-8-sig", "utf-8"])
    def test_encodings(self, encoding: str) -> None:
        assert extract(page(f"<p>Zoë’s crew.</p>{paragraphs()}").encode(encoding)).text.count("Zoë’s crew") == 1

    def test_wrong_charset_in_the_page(self) -> None:
        words = "Der Käpt'n grüßte die Möwen über der Mole, während die Fähre schräg im Strom lag und die Glöckner läuteten. "
        body = page(f"<p>{words * 3}</p>", head='<meta charset="utf-8">').encode("latin-1")
        assert "grüßte die Möwen" in extract(body).text

    def test_script_too_large_for_the_parser(self) -> None:
        assert extract(f"<html><body><script>{'x' * 11_000_000}</script>{paragraphs()}</body></html>").text.count("trombones") == 1


class TestSavedPages:
    HEAD = (
        "From: <Saved by a browser>\r\nSubject: A ferry\r\nMIME-Version: 1.0\r\n"
        'Content-Type: multipart/related; type="text/html"; boundary="XX"\r\n\r\n--XX\r\n'
    )
    TAIL = "\r\n--XX\r\nContent-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\niVBORw0K\r\n--XX--\r\n"

    def test_mhtml(self) -> None:
        part = "Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n"
        markup = article().replace("=", "=3D").replace("captain", "cap=\r\ntain")
        assert extract((self.HEAD + part + markup + self.TAIL).encode(), title=False).text.splitlines() == STORY

    def test_mhtml_in_another_charset(self) -> None:
        part = "Content-Type: text/html; charset=iso-8859-1\r\nContent-Transfer-Encoding: 8bit\r\n\r\n"
        data = (self.HEAD + part).encode() + page(paragraphs([f"Möwen. {text}" for text in STORY])).encode("latin-1") + self.TAIL.encode()
        assert extract(data).text.count("Möwen") == len(STORY)

    def test_mhtml_without_a_page(self) -> None:
        part = "Content-Type: text/css\r\n\r\np {}\r\n"
        with pytest.raises(ReadError, match="without HTML"):
            extract((self.HEAD + part + self.TAIL).encode())

    def test_a_page_that_talks_of_mail_is_no_mail(self) -> None:
        assert extract(page(f"<p>MIME-Version: 1.0</p>{paragraphs()}").encode()).text.count("trombones") == 1
