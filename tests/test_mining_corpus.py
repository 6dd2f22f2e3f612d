from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from cleaner.errors import ConfigError
from cleaner.mining.corpus import By, SourceCorpus
from cleaner.types import Document


def extract(data: str | bytes, url: str | None = None, title: bool = True, document_id: str = "") -> Document:
    """Takes what stands in the page's paragraph, and fails on a page without one."""
    text = data.decode() if isinstance(data, bytes) else data
    if "<p>" not in text:
        raise ValueError("no paragraph")
    return Document(document_id, text.split("<p>")[1].split("</p>")[0], url)


def made(tmp_path: Path, *names: Path, **options: Any) -> SourceCorpus:
    spill = tmp_path / "spill"
    spill.mkdir(exist_ok=True)
    return SourceCorpus([str(name) for name in names], extract, spill, **options)


def jsonl(path: Path, *records: object) -> Path:
    path.write_text("".join(json.dumps(record) + "\n" for record in records), "utf-8")
    return path


def test_sites_are_hosts(tmp_path: Path) -> None:
    source = jsonl(tmp_path / "a.jsonl", {"id": 1, "url": "https://www.one.example/a", "text": "Mill"}, {"id": 2, "text": "Lock"})
    first, second = made(tmp_path, source)()
    assert (first.id, first.text, first.group, first.site, first.url) == (
        "1",
        "Mill",
        "one.example",
        "one.example",
        "https://www.one.example/a",
    )
    assert (second.group, second.site) == ("", "")


@pytest.mark.parametrize(
    ("by", "of", "groups"),
    [
        (By.field, "source", ["wire", ""]),
        (By.regex, r"//([a-z]+)\.", ["one", "two"]),
        (By.regex, r"example/.", ["example/a", "example/b"]),
        (By.regex, r"nothing", ["", ""]),
        (By.dir, "", [".", "."]),
    ],
)
def test_other_groups(tmp_path: Path, by: By, of: str, groups: list[str]) -> None:
    source = jsonl(
        tmp_path / "a.jsonl",
        {"url": "https://one.example/a", "text": "Mill", "source": "wire"},
        {"url": "https://two.example/b", "text": "Lock"},
    )
    assert [each.group for each in made(tmp_path, source, by=by, of=of)()] == groups


def test_folders_are_groups(tmp_path: Path) -> None:
    for name in ("one/a.txt", "one/deep/b.txt", "two/c.txt"):
        (tmp_path / "in" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "in" / name).write_text("Mill\n")
    assert [each.group for each in made(tmp_path, tmp_path / "in", by=By.dir)()] == ["one", "one/deep", "two"]


def test_the_second_reading_is_like_the_first_and_extracts_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.html").write_text("<html><p>Mill</p></html>")
    (folder / "b.html").write_text("<html><div>nothing</div></html>")
    (folder / "c.txt").write_text("Lock\n")
    (folder / "d.html").write_text("<html><p>Quay</p></html>")
    jsonl(folder / "e.jsonl", {"html": "<html><p>Pier</p></html>", "url": "https://one.example/e"})
    (folder / "f.txt").write_bytes(b"\0\1binary")
    corpus = made(tmp_path, folder)
    first = list(corpus())
    assert [each.text for each in first] == ["Mill", "Lock\n", "Quay", "Pier"]
    assert [each.page is not None for each in first] == [True, False, True, True]
    assert corpus.failed == 2
    corpus._extract = None  # type: ignore[assignment]
    assert list(corpus()) == first
    assert list(corpus()) == first
    assert corpus.failed == 2


def test_damaged_sources_count_as_failed(tmp_path: Path) -> None:
    source = tmp_path / "a.jsonl.gz"
    source.write_bytes(gzip.compress(b'{"text": "Mill"}\n' * 50_000)[:-900])
    corpus = made(tmp_path, source)
    assert 0 < sum(1 for _ in corpus()) < 50_000
    assert corpus.failed == 1


def test_what_cannot_be_mined(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="reads its sources twice"):
        SourceCorpus(["-"], extract, tmp_path)
    with pytest.raises(ConfigError, match="--group-by field wants"):
        made(tmp_path, tmp_path, by=By.field)
    with pytest.raises(ConfigError, match="not a valid pattern"):
        made(tmp_path, tmp_path, by=By.regex, of="(")


def test_other_formats(tmp_path: Path) -> None:
    import zipfile

    import pyarrow as pa
    import pyarrow.parquet as pq

    (tmp_path / "a.csv").write_text("url,text,source\nhttps://one.example/a,Mill,wire\n")
    pq.write_table(pa.table({"url": ["https://one.example/b"], "text": ["Lock"], "source": ["wire"]}), tmp_path / "b.parquet")
    with zipfile.ZipFile(tmp_path / "c.zip", "w") as archive:
        archive.writestr("c/d.txt", "Quay\n")
        archive.writestr("c/e.html", "<html><p>Pier</p></html>")
    sources = [tmp_path / name for name in ("a.csv", "b.parquet", "c.zip")]
    assert [each.text.strip() for each in made(tmp_path, *sources)()] == ["Mill", "Lock", "Quay", "Pier"]
    assert [each.group for each in made(tmp_path, *sources[:2], by=By.field, of="source")()] == ["wire", "wire"]
    assert [each.group for each in made(tmp_path, sources[2], by=By.dir)()] == ["c.zip/c", "c.zip/c"]
