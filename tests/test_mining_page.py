from __future__ import annotations

import json
import re
from html.parser import HTMLParser

from cleaner.mining import write
from cleaner.mining.model import Candidate, Context, Evidence, Mined
from cleaner.mining.page import page

EVIL = '<script>alert("x")</script>'


def mined(*groups: str) -> dict[str, object]:
    candidates = [
        Candidate(
            f"r{number}",
            group,
            "html" if number else "line",
            f"Lines of {group}.",
            {"html" if number else "line": EVIL},
            (group,),
            ({"from": EVIL, "to": ""},) if number else (EVIL,),
            ("It stays.",),
            Evidence(3, 4, 3, (3, 0, 0), 60, 0.1, (Context(EVIL, "above", EVIL, "below"),), (EVIL,)),
        )
        for number, group in enumerate(groups)
    ]
    return dict(json.loads(json.dumps(write.evidence(Mined(candidates, 9, 1, 0, 2, 400, {EVIL: 3})))))


class Tags(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


def tags(text: str) -> list[tuple[str, dict[str, str | None]]]:
    parser = Tags()
    parser.feed(text)
    return parser.found


def test_everything_from_documents_is_escaped_and_nothing_is_loaded() -> None:
    text = page(mined("one.example", EVIL), "mined.toml")
    assert EVIL not in text
    assert sum(tag == "script" for tag, _ in tags(text)) == 1
    assert not [attributes for _, attributes in tags(text) if attributes.keys() & {"src", "href"}]
    assert "default-src 'none'" in text


def test_rules_can_be_filtered_by_kind_and_group() -> None:
    text = page(mined("one.example", "two words"), "mined.toml")
    rows = [attributes for tag, attributes in tags(text) if tag == "tr" and attributes.get("data-families")]
    assert [(row["data-families"], row["data-sites"]) for row in rows] == [("line", "one.example"), ("html", "two_words")]
    assert {"family", "site", "reset", "shown"} <= {attributes.get("id") for _, attributes in tags(text)}


def test_counts_and_reasons_are_shown() -> None:
    text = re.sub(r"\s+", " ", page(mined("one.example"), "mined.toml"))
    assert "<b>9</b>documents" in text
    assert "3 of 4" in text
    assert "Not proposed" in text
    assert "clean mine --review mined.toml" in text


def test_a_page_without_candidates() -> None:
    assert "Nothing is proposed." in page(mined(), "mined.toml")
