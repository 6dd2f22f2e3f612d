from __future__ import annotations

import json

from cleaner import report
from cleaner.types import Cleaned, Document, Removal, Stats
from given import cleaner, rule

MADE = cleaner(rule("line = 'junk .*'\nwhy = 'Because.'"), max_removed=0.9)


def test_findings_and_explanation() -> None:
    cleaned = MADE.clean(Document("a.txt", "gold\n\n  Junk  one\ngold\njunk two\n"))
    assert list(report.findings(cleaned)) == ["a.txt:3: [one/a] Junk one", "a.txt:5: [one/a] junk two"]
    assert list(report.explanation(cleaned, MADE.rule)) == [
        "a.txt:3: [one/a] Junk one",
        "    one.toml:1: Because.",
        "a.txt:5: [one/a] junk two",
        "    one.toml:1: Because.",
    ]


def test_explanation_of_a_refusal() -> None:
    assert list(report.explanation(Cleaned(Document("a", "x"), "x", "x", refused="too much"), MADE.rule)) == ["a: refused: too much"]


def test_excerpt_is_one_line_of_72_characters_at_most() -> None:
    assert report.excerpt("a\n b\tc ") == "a b c"
    assert report.excerpt("x" * 72) == "x" * 72
    assert report.excerpt("x" * 73) == "x" * 69 + "..."


class TestDiff:
    def test_plain(self) -> None:
        cleaned = MADE.clean(Document("a.txt", "gold\njunk one\nend"))
        assert "".join(report.diff(cleaned)) == (
            "--- a.txt (before)\n+++ a.txt (after)\n@@ -1,3 +1,2 @@\n gold\n-junk one\n-end\n\\ No newline at end of file\n+end\n"
        )

    def test_colour(self) -> None:
        lines = list(report.diff(MADE.clean(Document("a", "gold\njunk one\n")), colour=True))
        assert "\033[31m-junk one\033[0m\n" in lines
        assert "\033[36m@@ -1,2 +1 @@\033[0m\n" in lines
        assert " gold\n" in lines

    def test_nothing_changed(self) -> None:
        assert list(report.diff(MADE.clean("gold\n"))) == []

    def test_crlf_is_no_difference_of_every_line(self) -> None:
        shown = "".join(report.diff(MADE.clean(Document("a", "one\r\njunk x\r\ntwo\r\n"))))
        assert "-one" not in shown
        assert "-junk x\n" in shown

    def test_only_a_line_feed_ends_a_line(self) -> None:
        shown = "".join(report.diff(MADE.clean(Document("a", "one\x0cmore\njunk x\n"))))
        assert "No newline" not in shown


def test_record_can_be_json() -> None:
    document = Document("a.txt", "gold\njunk ö\n", "https://example.com/", {"title": "T", "date": "2024-01-02"})
    record = json.loads(report.to_json(report.record(MADE.clean(document), MADE.rule)))
    assert record["removals"] == [
        {"start": 5, "end": 12, "line": 2, "rule": "one/a", "where": "one.toml:1", "why": "Because.", "text": "junk ö\n"}
    ]
    assert {key: record[key] for key in ("id", "title", "author", "date", "url", "text", "changed", "refused")} == {
        "id": "a.txt", "title": "T", "author": None, "date": "2024-01-02", "url": "https://example.com/", "text": "gold\n", "changed": True,
        "refused": None,
    }  # fmt: skip
    assert "ö" in report.to_json(record)


def test_tally() -> None:
    assert report.tally(MADE.clean("gold\n")) == Stats(unchanged=1, characters=5)
    changed = report.tally(MADE.clean("gold\njunk x\njunk y\n"))
    assert changed == Stats(cleaned=1, characters=19, removed=14, rules=changed.rules)
    assert changed.rules == {"one/a": 2}
    refused = report.tally(Cleaned(Document("a", "x"), "x", "x", refused="r"))
    assert refused == Stats(refused=1, characters=1)


def test_statistics() -> None:
    stats = Stats(cleaned=2, unchanged=1, characters=2000, removed=500, rules=report.Counter({"b/x": 1, "a/x": 2, "a/y": 3}))
    assert list(report.statistics(stats)) == [
        "3 documents: 2 cleaned, 1 unchanged, 0 refused, 0 failed, 0 skipped; 500 of 2,000 characters removed (25.0%)",
        "     5  a",
        "     3    a/y",
        "     2    a/x",
        "     1  b",
        "     1    b/x",
    ]
    assert next(report.statistics(Stats())).endswith("0 of 0 characters removed (0.0%)")


def test_a_removal_without_a_line_end_is_found_in_its_line() -> None:
    cleaned = Cleaned(Document("a", "x\ny junk"), "x\ny", "x\ny\n", (Removal(3, 8, "one/a", " junk"),))
    assert list(report.findings(cleaned)) == ["a:2: [one/a] junk"]
