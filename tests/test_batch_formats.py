"""Each format in and out: only texts change, everything comes back, damage is said."""

from __future__ import annotations

import gzip
import io
import json
import os
import tarfile
import zipfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import zstandard

from batches import CLEANER, dirty, go, jsonl, records, tree
from cleaner.batch.formats.jsonl import members
from cleaner.batch.restore import restore
from cleaner.batch.streams import split_ending, unpack
from cleaner.errors import ConfigError, ReadError

PAGE = "<html><head><meta charset=utf-8><title>Mill</title></head><body><p>{}</p></body></html>"
SENTENCE = "The old mill by the river was sold on Monday, the größte Mühle of the valley."


class TestTables:
    def test_other_cells_and_unchanged_rows_stay(self, tmp_path: Path) -> None:
        source = tmp_path / "a.csv"
        rows = [
            '\ufeffid,"text",note\r\n',
            'a,"The mill\nwas sold.\n","x ""quoted"", y"\r\n',
            'b,"Advertisement\nThe mill, sold.\n", 1.10 \r\n',
            "\r\n",
            '"c","Nobody (share) knew.","z"\r\n',
        ]
        source.write_bytes("".join(rows).encode())
        outcome = go(source, out=tmp_path / "out", removals=("clean",))
        want = [rows[0], rows[1], rows[2].replace("Advertisement\n", ""), rows[3], rows[4].replace(" (share) knew.", " knew.\n")]
        assert (tmp_path / "out/data/a.csv").read_bytes().decode() == "".join(want)
        assert outcome.total.documents == 3
        restore(tmp_path / "out", tmp_path / "back")
        assert (tmp_path / "back/a.csv").read_bytes() == source.read_bytes()

    def test_bad_rows(self, tmp_path: Path) -> None:
        source = tmp_path / "a.tsv"
        source.write_bytes(
            b"id\ttext\nx\tThe mill.\nmore\tthan\ttwo\ny\tbroken \xff byte\nz\tThe end.\n" + b'open\t"' + b"quote\n" * 20_000
        )
        outcome = go(source, out=tmp_path / "out")
        reasons = [failure["reason"] for failure in records((tmp_path / "out/failures.jsonl").read_bytes())]
        assert reasons[0] == "has 3 cells where the header has 2"
        assert reasons[1] == "is not UTF-8"
        assert "is a quote left open?" in reasons[2]
        assert outcome.total.cleaned == 2

    @pytest.mark.parametrize("delimiter", [";", "|", "\t"])
    def test_the_delimiter_is_found(self, tmp_path: Path, delimiter: str) -> None:
        (tmp_path / "a.csv").write_text(delimiter.join(["id", "text"]) + "\n" + delimiter.join(["1", "Nobody (share), knew"]) + "\n")
        go(tmp_path / "a.csv", out=tmp_path / "out")
        assert (tmp_path / "out/data/a.csv").read_text().splitlines()[1].startswith(f'1{delimiter}"Nobody, knew')

    def test_what_is_no_table(self, tmp_path: Path) -> None:
        (tmp_path / "binary.csv").write_bytes(b"\x00\xff\n")
        (tmp_path / "huge.csv").write_bytes(b"x" * 100_001)
        (tmp_path / "pages.csv").write_text("html,id\n<p>x</p>,1\n")
        (tmp_path / "empty.csv").touch()
        (tmp_path / "quote.csv").write_text('id,text\n1,"never closed\n' + "x" * 99_990 + "\n")
        outcome = go(tmp_path, out=tmp_path / "out", to="jsonl")
        assert outcome.total.failed == 3
        text = (tmp_path / "out/failures.jsonl").read_text()
        assert "binary.csv: is no table in UTF-8: its first line is not text" in text
        assert "the header has 100,001 bytes: this is no table" in text
        assert "is a quote left open?" in text
        go(tmp_path / "pages.csv", out=tmp_path / "again")
        assert 'has no column for the text of the pages in \\"html\\"' in (tmp_path / "again/failures.jsonl").read_text()

    def test_a_header_with_twins(self, tmp_path: Path) -> None:
        (tmp_path / "a.csv").write_text("text,text\na,b\n")
        go(tmp_path / "a.csv", out=tmp_path / "out")
        assert "two columns of the header have the same name" in (tmp_path / "out/failures.jsonl").read_text()


class TestParquet:
    @staticmethod
    def table(count: int) -> pa.Table:
        schema = pa.schema(
            [
                pa.field("id", pa.int64(), metadata={"unit": "none"}), pa.field("text", pa.large_string()),
                pa.field("url", pa.string()),
                pa.field("when", pa.timestamp("us", "UTC")), pa.field("price", pa.decimal128(10, 2)),
                pa.field("tags", pa.list_(pa.string())),
                pa.field("kind", pa.dictionary(pa.int32(), pa.string())),
            ],
            metadata={"made": "by hand"},
        )  # fmt: skip
        rows = [
            {
                "id": n,
                "text": None if n == 7 else dirty(n),
                "url": None,
                "when": 1_700_000_000_000_000 + n,
                "price": None,
                "tags": ["a", str(n)],
                "kind": "ab"[n % 2],
            }
            for n in range(count)
        ]
        return pa.Table.from_pylist(rows, schema)

    def test_other_columns_row_groups_and_metadata_stay(self, tmp_path: Path) -> None:
        table = self.table(50)
        pq.write_table(table, tmp_path / "a.parquet", row_group_size=20, compression="gzip")
        outcome = go(tmp_path / "a.parquet", out=tmp_path / "out", removals=("clean",))
        assert outcome.total.documents == 50
        written = pq.ParquetFile(tmp_path / "out/data/a.parquet")
        assert [written.metadata.row_group(n).num_rows for n in range(written.num_row_groups)] == [20, 20, 10]
        assert written.metadata.row_group(0).column(0).compression == "GZIP"
        result = written.read()
        assert result.schema.equals(pq.read_schema(tmp_path / "a.parquet"), check_metadata=True)
        assert result.schema.metadata[b"made"] == b"by hand"
        assert result.drop(["text"]).equals(table.drop(["text"]))
        assert result["text"].to_pylist() == [None if n == 7 else CLEANER.clean(dirty(n)).text for n in range(50)]
        assert restore(tmp_path / "out", tmp_path / "back") == 50
        assert pq.read_table(tmp_path / "back/a.parquet").equals(table)

    def test_damaged_and_empty(self, tmp_path: Path) -> None:
        (tmp_path / "dump").mkdir()
        pq.write_table(self.table(5), tmp_path / "dump/b.parquet")
        data = (tmp_path / "dump/b.parquet").read_bytes()
        (tmp_path / "dump/a.parquet").write_bytes(data[:-9])
        pq.write_table(self.table(0), tmp_path / "dump/c.parquet")
        outcome = go(tmp_path / "dump", out=tmp_path / "out")
        assert (outcome.total.failed, outcome.total.documents) == (1, 6)
        assert "a.parquet: cannot be read as Parquet" in (tmp_path / "out/failures.jsonl").read_text()
        assert pq.read_table(tmp_path / "out/data/c.parquet").schema.equals(self.table(0).schema)

    def test_json_lines_to_parquet(self, tmp_path: Path) -> None:
        go(jsonl(tmp_path / "a.jsonl", 20), out=tmp_path / "out", to="parquet")
        rows = pq.read_table(tmp_path / "out/data/a.jsonl.parquet").to_pylist()
        assert [row["text"] for row in rows] == [CLEANER.clean(dirty(n)).text for n in range(20)]
        assert rows[3]["url"] == "https://www.site3.example/3"
        assert json.loads(rows[3]["metadata"]) == {"n": 3}


def warc_record(kind: str, number: int, content: bytes, content_type: str = "text/plain") -> bytes:
    head = (
        f"WARC/1.0\r\nWARC-Type: {kind}\r\nWARC-Target-URI: https://a.example/{number}\r\nWARC-Date: 2024-05-01T00:00:00Z\r\n"
        f"WARC-Record-ID: <urn:uuid:{number:08d}-0000-4000-8000-000000000000>\r\n"
        f"Content-Type: {content_type}\r\nContent-Length: {len(content)}\r\n\r\n"
    )
    return head.encode() + content + b"\r\n\r\n"


def response(number: int, page: bytes, content_type: str = "text/html; charset=latin-1") -> bytes:
    content = (
        b"HTTP/1.1 200 OK\r\nContent-Type: " + content_type.encode() + b"\r\nContent-Encoding: gzip\r\n\r\n" + gzip.compress(page, mtime=0)
    )
    return warc_record("response", number, content, "application/http; msgtype=response")


class TestWarc:
    @pytest.mark.parametrize("ending", ["", ".gz", ".zst"])
    def test_wet(self, tmp_path: Path, ending: str) -> None:
        compress = {"": bytes, ".gz": lambda data: gzip.compress(data, mtime=0), ".zst": zstandard.ZstdCompressor().compress}[ending]
        all_ = [
            warc_record("warcinfo", 900, b"software: none\r\n", "application/warc-fields"),
            *(warc_record("conversion", n, dirty(n).encode()) for n in range(40)),
        ]
        name = f"a.warc.wet{ending}"
        (tmp_path / name).write_bytes(b"".join(map(compress, all_)))
        outcome = go(tmp_path / name, out=tmp_path / "out", removals=("clean",))
        assert outcome.total.documents == 40
        plain = unpack((tmp_path / "out/data" / name).read_bytes(), split_ending(name)[1])
        want = b"".join([all_[0], *(warc_record("conversion", n, CLEANER.clean(dirty(n)).text.encode()) for n in range(40))])
        assert plain == want
        restore(tmp_path / "out", tmp_path / "back")
        assert unpack((tmp_path / "back" / name).read_bytes(), split_ending(name)[1]) == b"".join(all_)

    def test_pages_become_a_wet(self, tmp_path: Path, shipped: object) -> None:
        data = [
            warc_record("warcinfo", 900, b"software: none\r\n", "application/warc-fields"),
            warc_record("request", 1, b"GET / HTTP/1.1\r\n\r\n", "application/http; msgtype=request"),
            response(1, PAGE.replace("<meta charset=utf-8>", "").format(SENTENCE).encode("latin-1")),
            response(2, b"\x89PNG", "image/png"),
        ]
        (tmp_path / "a.warc").write_bytes(b"".join(data))
        outcome = go(tmp_path / "a.warc", out=tmp_path / "out")
        assert outcome.total.documents == 1
        written = (tmp_path / "out/data/a.warc.wet").read_bytes()
        assert SENTENCE.encode() in written
        assert b"WARC-Refers-To: <urn:uuid:00000001-" in written
        assert written.count(b"WARC/1.0\r\n") == 2
        go(tmp_path / "out/data/a.warc.wet", out=tmp_path / "again")
        assert (tmp_path / "again/data/a.warc.wet").read_bytes() == written

    def test_what_a_record_says_wrongly_costs_that_record_at_most(self, tmp_path: Path) -> None:
        good = [warc_record("conversion", n, dirty(n).encode()) for n in range(3)]
        wrong = [
            warc_record("conversion", 7, b"not \xff UTF-8\n"),
            warc_record("conversion", 8, b"x" * 100_001),
            good[1].replace(b"Content-Length: ", b"Content-Length: x"),
        ]
        for n, record in enumerate(wrong):
            (tmp_path / f"{n}.wet").write_bytes(good[0] + record + good[2])
        outcome = go(*(tmp_path / f"{n}.wet" for n in range(3)), out=tmp_path / "out", to="jsonl")
        failures = records((tmp_path / "out/failures.jsonl").read_bytes())
        assert [failure["record"] for failure in failures[:2]] == [2, 2]
        assert "is not UTF-8: byte 5 of its text is wrong" in failures[0]["reason"]
        assert "has more than the 100,000 bytes allowed (--max-document)" in failures[1]["reason"]
        assert outcome.total.cleaned + outcome.total.unchanged >= 5
        [first, last] = records((tmp_path / "out/data/0.wet.jsonl").read_bytes())
        assert (first["text"], last["date"]) == (CLEANER.clean(dirty(0)).text, "2024-05-01T00:00:00Z")

    def test_a_server_that_names_a_wrong_charset(self, tmp_path: Path, shipped: object) -> None:
        page = PAGE.replace("<meta charset=utf-8>", "").format(SENTENCE).encode()
        for n, charset in enumerate(("utf-16", "no-such-thing", "ascii")):
            (tmp_path / f"{n}.warc").write_bytes(response(n, page, f"text/html; charset={charset}"))
        go(*(tmp_path / f"{n}.warc" for n in range(3)), out=tmp_path / "out")
        for n in range(3):
            assert SENTENCE.encode() in (tmp_path / f"out/data/{n}.warc.wet").read_bytes()

    def test_a_reader_that_stumbles_costs_its_source(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "a.wet").write_bytes(warc_record("conversion", 1, dirty(1).encode()))
        jsonl(tmp_path / "b.jsonl", 3)
        monkeypatch.setattr("cleaner.batch.formats.warc._content", lambda *_: int("x"))
        outcome = go(tmp_path, out=tmp_path / "out")
        assert (outcome.total.failed, outcome.total.documents) == (1, 4)
        assert "a.wet: cannot be read: ValueError: invalid literal" in (tmp_path / "out/failures.jsonl").read_text()

    def test_cut_short_and_no_warc_at_all(self, tmp_path: Path) -> None:
        (tmp_path / "dump").mkdir()
        (tmp_path / "dump/a.wet").write_bytes(
            warc_record("conversion", 1, dirty(1).encode()) + warc_record("conversion", 2, dirty(2).encode())[:-20]
        )
        (tmp_path / "dump/b.warc").write_bytes(b"not one\n" * 100)
        outcome = go(tmp_path / "dump", out=tmp_path / "out")
        assert (outcome.total.cleaned, outcome.total.failed) == (1, 2)


class TestArchives:
    @pytest.mark.parametrize("name", ["a.tar", "a.tar.gz", "a.tgz", "a.zip"])
    def test_become_folders_and_are_restored(self, tmp_path: Path, name: str, shipped: object) -> None:
        inside = {
            "x/one.txt": dirty(1).encode(),
            "x/y/two.txt.gz": gzip.compress(dirty(2).encode(), 6, mtime=0),
            "../up.txt": dirty(4).encode(),
        }
        inside |= {"page.html": PAGE.format(SENTENCE).encode(), "logo.png": b"\x89PNG"}
        if name.endswith("zip"):
            with zipfile.ZipFile(tmp_path / name, "w") as made:
                for member, data in inside.items():
                    made.writestr(member, data)
        else:
            with tarfile.open(tmp_path / name, "w:gz" if name != "a.tar" else "w") as made:
                for member, data in inside.items():
                    about = tarfile.TarInfo(member)
                    about.size = len(data)
                    made.addfile(about, io.BytesIO(data))
        outcome = go(tmp_path / name, out=tmp_path / "out", removals=("clean",))
        assert outcome.total.failed == 0
        found = tree(tmp_path / "out/data")
        top = name
        assert sorted(found) == [f"{top}/page.html.txt", f"{top}/up.txt", f"{top}/x/one.txt", f"{top}/x/y/two.txt.gz"]
        assert found[f"{top}/x/one.txt"].decode() == CLEANER.clean(dirty(1)).text
        restore(tmp_path / "out", tmp_path / "back")
        assert (tmp_path / "back" / top / "x/one.txt").read_bytes() == inside["x/one.txt"]
        assert (tmp_path / "back" / top / "x/y/two.txt.gz").read_bytes() == inside["x/y/two.txt.gz"]

    @pytest.mark.parametrize("name", ["a.tar", "a.zip"])
    def test_members_that_are_too_large_or_damaged(self, tmp_path: Path, name: str) -> None:
        inside = {
            "large.txt": b"x" * 100_001,
            "bomb.txt.gz": gzip.compress(b"x" * 100_001),
            "bad.txt.gz": b"no",
            "good.txt": dirty(1).encode(),
        }
        if name.endswith("zip"):
            with zipfile.ZipFile(tmp_path / name, "w") as made:
                for member, data in inside.items():
                    made.writestr(member, data)
        else:
            with tarfile.open(tmp_path / name, "w") as made:
                for member, data in inside.items():
                    about = tarfile.TarInfo(member)
                    about.size = len(data)
                    made.addfile(about, io.BytesIO(data))
        outcome = go(tmp_path / name, out=tmp_path / "out")
        assert (outcome.total.failed, outcome.total.cleaned) == (3, 1)
        assert list(tree(tmp_path / "out/data")) == [f"{name}/good.txt"]
        reasons = [failure["reason"] for failure in records((tmp_path / "out/failures.jsonl").read_bytes())]
        assert sum("above the 100,000 allowed" in reason for reason in reasons) == 2
        assert sum("the gzip stream is damaged" in reason for reason in reasons) == 1

    def test_a_zip_with_a_member_that_does_not_fit_its_checksum(self, tmp_path: Path) -> None:
        with zipfile.ZipFile(tmp_path / "a.zip", "w") as made:
            made.writestr("one.txt", dirty(1))
            made.writestr("two.txt", dirty(2))
        data = (tmp_path / "a.zip").read_bytes()
        (tmp_path / "a.zip").write_bytes(data.replace(b"year 1", b"year 9"))
        outcome = go(tmp_path / "a.zip", out=tmp_path / "out")
        assert (outcome.total.failed, outcome.total.cleaned) == (1, 1)
        assert "cannot be read from its archive: Bad CRC-32" in (tmp_path / "out/failures.jsonl").read_text()

    def test_loose_files_that_are_too_large_or_gone(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        for n in range(3):
            (tmp_path / f"{n}.txt").write_text(dirty(n) if n else "x" * 100_001)
        opened = os.open

        def opening(path: Any, *how: Any, **more: Any) -> int:
            if str(path).endswith("2.txt"):
                raise PermissionError(13, "Permission denied")
            return opened(path, *how, **more)

        monkeypatch.setattr(os, "open", opening)
        outcome = go(tmp_path, out=tmp_path / "out")
        assert (outcome.total.failed, outcome.total.cleaned) == (2, 1)
        reasons = [failure["reason"] for failure in records((tmp_path / "out/failures.jsonl").read_bytes())]
        assert reasons == ["has 100,001 bytes or more, above the 100,000 allowed (--max-document)", "cannot be read: Permission denied"]

    def test_a_damaged_archive(self, tmp_path: Path) -> None:
        (tmp_path / "a.zip").write_bytes(b"PK\x03\x04 no more")
        assert go(tmp_path / "a.zip", out=tmp_path / "out").total.failed == 1


def test_an_array_is_told_from_json_lines(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text(json.dumps([{"text": "x"}], indent=1))
    assert go(tmp_path / "a.json", out=tmp_path / "out").total.failed == 1
    [failure] = records((tmp_path / "out/failures.jsonl").read_bytes())
    assert failure["reason"].endswith("its first record is not an object of JSON; an array is turned into them by `jq -c '.[]'`")


class TestMembers:
    @pytest.mark.parametrize(
        "line", ['{"a": NaN, "b": -Infinity}', '{"a": "\\ud800"}', '{"a": 1, "a": {"x": [1, 2]}}', "{}", ' { "a" : [ ] } \n']
    )
    def test_all_that_python_takes(self, line: str) -> None:
        values, spans = members(line)
        assert repr(values) == repr(json.loads(line))
        for name, (start, end) in spans.items():
            assert repr(json.loads(line[start:end])) == repr(values[name])

    @pytest.mark.parametrize(
        "line",
        ["", "[]", "{", '{"a"', '{"a":', '{"a":1', '{"a":1,}', '{"a" 1}', "{a:1}", '{"a":1} x', '{"a":1 "b":2}', '{"a":' + "[" * 100_000],
    )
    def test_what_is_no_object(self, line: str) -> None:
        with pytest.raises(ReadError):
            members(line)


def test_text_outputs_end_documents_with_a_form_feed(tmp_path: Path) -> None:
    go(jsonl(tmp_path / "a.jsonl", 3), out=tmp_path / "out", to="txt", removals=("clean",))
    assert (tmp_path / "out/data/a.jsonl.txt").read_text("utf-8").split("\f\n") == [*(CLEANER.clean(dirty(n)).text for n in range(3)), ""]
    with pytest.raises(ConfigError, match="--to txt, which cannot be turned back"):
        restore(tmp_path / "out", tmp_path / "back")
