from __future__ import annotations

import html
import json
import re
import shutil
import subprocess
from html.parser import HTMLParser
from pathlib import Path

import pytest

import given
from batches import go
from cleaner import runreport
from command import Command

HOSTILE = "</script><script>alert(1)</script><img src=x onerror=alert(2)>\"'{{ 7 * 7 }}"
HOSTILE_RULES = given.rule("line = 'sold out.*'", "out") + given.rule("span = ' \\(share\\)'", "span")


class Tags(HTMLParser):
    """The tags of a page with their attributes."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attrs)))


@pytest.fixture
def run(tmp_path: Path) -> Path:
    """A run over documents of two sites, one of them hostile."""
    documents = [
        {
            "id": f"{HOSTILE} {n}",
            "url": f"https://{'evil' if n % 2 else 'good'}.example/<b>",
            "text": f"The mill.\nSold out {HOSTILE}\n" if n % 2 else "The mill (share).\n",
        }
        for n in range(10)
    ]
    (tmp_path / "a.jsonl").write_text("".join(json.dumps(each) + "\n" for each in documents) + f"{HOSTILE}\n")
    go(tmp_path / "a.jsonl", out=tmp_path / "out", cleaner=given.cleaner(HOSTILE_RULES))
    return tmp_path / "out"


def test_the_record_adds_up(run: Path) -> None:
    record = json.loads((run / "run.json").read_bytes())
    totals = record["totals"]
    assert totals["cleaned"] + totals["unchanged"] + totals["refused"] + totals["failed"] + totals["skipped"] == totals["documents"] == 11
    assert {rule["id"]: rule["hits"] for rule in record["rules"]} == {"one/out": 5, "one/span": 5}
    assert sum(rule["characters"] for rule in record["rules"]) == totals["removed"]
    assert {site["site"]: site["documents"] for site in record["sites"]} == {"evil.example": 5, "good.example": 5}
    assert [reason["count"] for reason in record["reasons"]] == [1]
    assert record["rules"][0]["samples"][0]["before"].startswith("The mill")


def test_nothing_hostile_gets_through_and_nothing_is_fetched(run: Path) -> None:
    page = (run / "report.html").read_text("utf-8")
    tags = Tags(page).found
    assert [tag for tag, _ in tags if tag in ("img", "iframe", "link")] == []
    assert sum(tag == "script" for tag, _ in tags) == 1
    assert not any(
        "src" in attributes or "href" in attributes or any(name.startswith("on") for name in attributes) for _, attributes in tags
    )
    assert "default-src 'none'" in next(attributes["content"] or "" for tag, attributes in tags if attributes.get("http-equiv"))
    assert html.escape(HOSTILE, quote=False)[:40] in page
    assert "{{ 7 * 7 }}" in page


def test_the_command_makes_the_same_page_again(run: Path, command: Command) -> None:
    before = (run / "report.html").read_bytes()
    (run / "report.html").unlink()
    done = command("report", str(run))
    assert (done.code, done.out, done.err) == (0, "", f"{run / 'report.html'}\n")
    assert (run / "report.html").read_bytes() == before
    assert command("report", str(run.parent)).code == 2
    assert runreport.load(run)["totals"]["documents"] == 11


@pytest.mark.component
@pytest.mark.skipif(not shutil.which("chromium"), reason="needs chromium")
def test_in_a_browser_the_filters_work(run: Path, tmp_path: Path) -> None:
    def dom(filter_: str) -> str:
        command = ["chromium", "--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}", "--dump-dom"]
        return subprocess.run(
            [*command, f"file://{run / 'report.html'}{filter_}"], capture_output=True, text=True, check=True, timeout=60
        ).stdout

    def shown(page: str, table: str) -> int:
        body = page.partition(f'id="{table}"')[2].partition("</table>")[0]
        return sum("hidden" not in row for row in re.findall(r"<tr data-[^>]*>", body))

    everything, evil, other = dom(""), dom("#site=evil.example"), dom("#family=none")
    assert "alert(1)" in everything
    assert (shown(everything, "rules"), shown(everything, "sites"), shown(everything, "documents")) == (2, 2, 10)
    assert (shown(evil, "rules"), shown(evil, "sites"), shown(evil, "documents")) == (1, 1, 5)
    assert ">7 rows shown<" in evil
    assert not re.search(r"\d+ rows shown", other)
