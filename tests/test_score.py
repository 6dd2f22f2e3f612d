from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from cleaner import labelled, score
from cleaner.errors import ReadError
from cleaner.labelled import Labelled
from given import cleaner, rule

DOCUMENT = {
    "id": "1",
    "site": "one.example",
    "url": "https://one.example/a",
    "lang": "en",
    "lines": [
        {"text": "Gold was found on Monday. Join us", "label": "content"},
        {"text": "Join us today", "label": "junk"},
        {"text": "Ann Lee", "label": "meta"},
        {"text": "", "label": "blank"},
        {"text": "広告を見る", "label": "junk"},
    ],
}


def documents(*records: dict[str, object]) -> list[Labelled]:
    lines = "\n".join(json.dumps(record) for record in records)
    path = Path("/nowhere")
    return [labelled._document(line, f"{path}:1") for line in lines.split("\n")]


MADE = cleaner(rule("line = 'join us(?: today)?'"), rule("span = 'join us'", "b"), rule("line = 'ann lee'\nsites = ['one.example']", "c"))


def test_words_are_counted_by_label_rule_and_family() -> None:
    result = score.score(MADE, documents(DOCUMENT))
    assert result.words == {"content": 7, "junk": 8, "meta": 2}
    assert {name: dict(tally.gone) for name, tally in result.rules.items()} == {
        "one/a": {"junk": 3},
        "two/b": {"content": 2},
        "three/c": {"meta": 2},
    }
    assert {name: tally.removals for name, tally in result.families.items()} == {"one": 1, "two": 1, "three": 1}
    assert result.total.gone == {"junk": 3, "content": 2, "meta": 2}


def test_shares_are_of_all_words() -> None:
    figures = score.record(score.score(MADE, documents(DOCUMENT)))
    assert figures["rules"]["one/a"] == {
        "junk": 3,
        "junk_share": 3 / 8,
        "content": 0,
        "content_share": 0,
        "meta": 0,
        "sites": 1,
        "removals": 1,
    }
    assert figures["families"]["two"]["content_share"] == 2 / 7
    assert list(figures["rules"]) == ["one/a", "three/c", "two/b"]
    assert json.loads(json.dumps(figures)) == figures


def test_damaged_documents_are_counted() -> None:
    assert score.score(MADE, documents(DOCUMENT)).damaged == 1
    assert score.score(cleaner(rule("line = 'join us today'")), documents(DOCUMENT)).damaged == 0


def test_sites_are_counted_once() -> None:
    result = score.score(MADE, documents(DOCUMENT, DOCUMENT, {**DOCUMENT, "site": "two.example"}))
    assert result.documents == 3
    assert len(result.rules["one/a"].sites) == 2
    assert result.rules["one/a"].removals == 3


def test_without_addresses_site_rules_rest() -> None:
    assert "three/c" not in score.score(MADE, documents(DOCUMENT), with_url=False).rules


def test_a_removal_over_several_lines_counts_each_by_its_label() -> None:
    made = cleaner(rule("block = { from = 'join us today', to = 'ann lee' }"))
    assert score.score(made, documents(DOCUMENT)).rules["one/a"].gone == {"junk": 3, "meta": 2}


def test_a_rule_that_hangs_fails_its_document_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("cleaner.find.TIMEOUT", 0.05)
    hanging = {**DOCUMENT, "lines": [{"text": "a" * 200 + "!a", "label": "junk"}]}
    result = score.score(cleaner(rule("line = '(?:a|aa)+'")), documents(hanging, DOCUMENT))
    assert (result.documents, result.failed) == (2, 1)


def test_the_table_ends_with_the_total() -> None:
    first, *_, last = score.table(score.score(MADE, documents(DOCUMENT)), "rule")
    assert first.split()[:2] == ["rule", "junk"]
    assert last.split() == ["total", "3", "37.500%", "2", "28.5714%", "2", "0", "1", "3"]


def test_pieces_of_content_that_went() -> None:
    assert list(score.eaten(score.score(MADE, documents(DOCUMENT)), 5)) == ["     2  [two/b] Join us"]
    assert list(score.eaten(score.score(MADE, documents(DOCUMENT)), 0)) == []


# -- the corpus


@pytest.mark.parametrize("name", ["lines.jsonl", "lines.jsonl.gz"])
def test_a_corpus_is_read_plain_or_gzipped(tmp_path: Path, name: str) -> None:
    data = f"{json.dumps(DOCUMENT)}\n\n{json.dumps({**DOCUMENT, 'id': '2', 'lang': 'de'})}\n".encode()
    path = tmp_path / name
    path.write_bytes(gzip.compress(data) if name.endswith(".gz") else data)
    first, second = labelled.read(path)
    assert (first.id, first.site, first.url, second.id) == ("1", "one.example", "https://one.example/a", "2")
    assert first.text.startswith("Gold was found on Monday. Join us\nJoin us today\n")
    assert [each.id for each in labelled.read(path, {"lang": "de"})] == ["2"]


@pytest.mark.parametrize("line", ["{", "[]", '{"lines": 3}', '{"lines": [{"text": "x"}]}', '{"id": "x"}'])
def test_a_line_that_is_no_document_is_named(tmp_path: Path, line: str) -> None:
    path = tmp_path / "lines.jsonl"
    path.write_text(f"{json.dumps(DOCUMENT)}\n{line}\n")
    with pytest.raises(ReadError, match=r"lines\.jsonl:2: is not a labelled document"):
        list(labelled.read(path))


def test_a_corpus_that_cannot_be_read(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="no such file"):
        list(labelled.read(tmp_path / "none.jsonl"))
    broken = tmp_path / "lines.jsonl.gz"
    broken.write_bytes(gzip.compress(json.dumps(DOCUMENT).encode())[:40])
    with pytest.raises(ReadError, match="cannot be read"):
        list(labelled.read(broken))
    (tmp_path / "latin.jsonl").write_bytes(b"\xff\xfe\xfd")
    with pytest.raises(ReadError, match="cannot be read"):
        list(labelled.read(tmp_path / "latin.jsonl"))


def test_a_sample_is_the_same_each_time() -> None:
    many = documents(*({**DOCUMENT, "id": str(number)} for number in range(30)))
    some = labelled.sampled(many, 10)
    assert len(some) == 10
    assert labelled.sampled(list(reversed(many)), 10) == some


@pytest.mark.parametrize(("text", "count"), [("", 0), ("Two words.", 2), ("広告を見る", 5), ("ﬁve-o'clock", 3), ("—", 0)])
def test_words(text: str, count: int) -> None:
    assert labelled.words(text) == count
