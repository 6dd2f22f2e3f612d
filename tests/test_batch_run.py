from __future__ import annotations

import gzip
import json
import os
from pathlib import Path

import pytest
import zstandard

import given
from batches import CLEANER, RULES, Noting, dirty, go, jsonl, records, results, tree
from cleaner.batch.journal import Journal
from cleaner.batch.model import Fields
from cleaner.batch.outputs import Outputs
from cleaner.batch.restore import restore
from cleaner.config import Settings
from cleaner.errors import ConfigError, ReadError, WriteError
from cleaner.pipeline import Cleaner


def zstd(data: bytes) -> bytes:
    return zstandard.ZstdCompressor().compress(data)


class TestJsonLines:
    def test_only_the_text_changes_and_unchanged_lines_not_at_all(self, tmp_path: Path) -> None:
        odd = '{"n": 1.10, "text":"The mill was sold.\\n" ,"big": 12345678901234567890123, "x": [1E5, -0.0]}\n'
        changed = '{"n": 1.10,  "text" : "Advertisement\\nThe \\u006dill\\/ was sold.\\n" ,"big": 12345678901234567890123, "nan": NaN}\n'
        source = tmp_path / "a.jsonl"
        source.write_text(odd + "\n" + changed, "utf-8")
        outcome = go(source, out=tmp_path / "out")
        lines = (tmp_path / "out/data/a.jsonl").read_text("utf-8").splitlines(keepends=True)
        assert lines[0] == odd
        assert lines[1] == "\n"
        assert lines[2] == changed.replace('"Advertisement\\nThe \\u006dill\\/ was sold.\\n"', '"The mill/ was sold.\\n"')
        assert (outcome.total.cleaned, outcome.total.unchanged, outcome.total.documents) == (1, 1, 2)

    @pytest.mark.parametrize(
        ("ending", "compress", "expand"), [("", bytes, bytes), (".gz", gzip.compress, gzip.decompress), (".zst", zstd, None)]
    )
    def test_equals_one_by_one_whatever_the_compression(self, tmp_path: Path, ending: str, compress, expand) -> None:
        jsonl(tmp_path / f"dump/deep/a.jsonl{ending}", 100, compress=compress)
        go(tmp_path / "dump", out=tmp_path / "out")
        data = (tmp_path / f"out/data/deep/a.jsonl{ending}").read_bytes()
        plain = expand(data) if expand else zstandard.ZstdDecompressor().stream_reader(data, read_across_frames=True).read()
        assert [record["text"] for record in records(plain)] == [
            CLEANER.clean(dirty(n), f"https://www.site{n % 4}.example/{n}").text for n in range(100)
        ]
        assert [record["n"] for record in records(plain)] == list(range(100))

    @pytest.mark.parametrize("profile", ["safe", "aggressive"])
    def test_equals_one_by_one_by_profile(self, tmp_path: Path, profile: str) -> None:
        """Workers choose from the rules of their run once more; that must not widen them."""
        rules = given.rule("tail = 'comments'\ncut = 0.3\nwhen = { max_words = 1 }") + given.rule("line = 'share|log in'", "b")
        cleaner = Cleaner(given.ruleset(rules), profile=profile)
        text = given.text(*given.paragraphs(6), "Comments", "Anna", "3 May", given.LONG, "Share", "Log in")
        (tmp_path / "a.jsonl").write_text(json.dumps({"text": text}) + "\n")
        go(tmp_path / "a.jsonl", out=tmp_path / "out", cleaner=cleaner)
        (record,) = records((tmp_path / "out/data/a.jsonl").read_bytes())
        assert record["text"] == cleaner.clean(text).text
        assert (given.LONG in record["text"]) == (profile == "safe")

    def test_bad_records_are_said_and_the_rest_goes_on(self, tmp_path: Path) -> None:
        source = jsonl(tmp_path / "a.jsonl", 3)
        good = source.read_bytes().splitlines(keepends=True)
        bad = [
            b'{"text": "cut',
            b'["no object"]\n',
            b'{"text": 5}\n',
            b'{"other": "x"}\n',
            b'{"text": "\xff"}\n',
            b'{"text": "' + b"x" * 200_000 + b'"}\n',
            b'{"text": null}\n',
        ]
        source.write_bytes(good[0] + b"\n".join(bad[:1]) + b"\n" + b"".join(bad[1:]) + good[1] + good[2])
        outcome = go(source, out=tmp_path / "out")
        assert (outcome.total.failed, outcome.total.documents) == (6, 10)
        failures = records((tmp_path / "out/failures.jsonl").read_bytes())
        assert [failure["record"] for failure in failures] == [2, 3, 4, 5, 6, 7]
        assert failures[0]["reason"] == "is not valid JSON: Unterminated string starting at column 10"
        assert "is not an object" in failures[1]["reason"]
        assert 'field "text" holds no text but int' in failures[2]["reason"]
        assert 'has no field "text"' in failures[3]["reason"]
        assert "is not UTF-8" in failures[4]["reason"]
        assert "200,013 bytes, more than the 100,000 allowed" in failures[5]["reason"]
        assert b'{"text": null}' in (tmp_path / "out/data/a.jsonl").read_bytes()

    @pytest.mark.parametrize(("ending", "compress"), [(".gz", gzip.compress), (".zst", zstd)])
    def test_a_stream_that_is_cut_short(self, tmp_path: Path, ending: str, compress) -> None:
        noise = os.urandom(40_000).hex()
        source = jsonl(tmp_path / f"dump/a.jsonl{ending}", 200, compress=lambda data: compress(data)[:-40_000], noise=noise[:400])
        source.write_bytes(compress(jsonl(tmp_path / "whole", 2000, noise=noise[:300]).read_bytes())[:-100])
        jsonl(tmp_path / "dump/b.jsonl", 10)
        outcome = go(tmp_path / "dump", out=tmp_path / "out")
        assert outcome.total.failed == 1
        assert "damaged or cut short after its record" in (tmp_path / "out/failures.jsonl").read_text("utf-8")
        assert len(records((tmp_path / "out/data/b.jsonl").read_bytes())) == 10

    def test_pages(self, tmp_path: Path, shipped: object) -> None:
        body = "<p>The old mill by the river was sold on Monday, the council said.</p><p>Advertisement</p>"
        page = f"<html><head><title>Mill</title></head><body><article>{body}</article></body></html>"
        (tmp_path / "a.jsonl").write_text(json.dumps({"html": page, "url": "https://a.example/x"}) + "\n")
        noting = Noting()
        go(tmp_path / "a.jsonl", out=tmp_path / "out", watcher=noting)
        [record] = records((tmp_path / "out/data/a.jsonl").read_bytes())
        assert record["html"] == page
        assert "The old mill by the river" in record["text"]
        assert "dvertisement" not in record["text"]
        assert noting.notes == ['a.jsonl: html in "html", url in "url"']

    def test_a_field_that_is_not_there(self, tmp_path: Path) -> None:
        outcome = go(jsonl(tmp_path / "a.jsonl", 3), out=tmp_path / "out", fields=Fields(text="txet"))
        assert outcome.total.failed == 1
        assert 'has a field \\"txet\\"; did you mean \\"text\\"?' in (tmp_path / "out/failures.jsonl").read_text()

    def test_a_pretty_printed_file_is_no_json_lines(self, tmp_path: Path) -> None:
        (tmp_path / "a.json").write_text(json.dumps({"text": "x"}, indent=2))
        assert go(tmp_path / "a.json", out=tmp_path / "out").total.failed == 1
        assert "is not JSON Lines, one object a line" in (tmp_path / "out/failures.jsonl").read_text()


class TestFiles:
    def test_the_tree_is_mirrored_and_everything_is_restored(self, tmp_path: Path) -> None:
        dump = tmp_path / "dump"
        (dump / "a/b").mkdir(parents=True)
        originals = {
            "one.txt": dirty(1).encode(),
            "a/two.txt": dirty(2).replace("\n", "\r\n").encode("utf-8-sig"),
            "a/b/three.txt": ("Über die Brücke führt kein Weg, größer wird sie nie.\nAdvertisement\n" * 3).encode("latin-1"),
            "a/b/clean.txt": dirty(3).encode(),
            "a/b/packed.txt.gz": gzip.compress(dirty(4).encode(), 6, mtime=0),
            "a/b/wide.txt": dirty(1).encode("utf-16"),
        }
        for name, data in originals.items():
            (dump / name).write_bytes(data)
        (dump / "picture.png").write_bytes(b"\x89PNG")
        (dump / "binary.txt").write_bytes(b"a\0b")
        noting = Noting()
        outcome = go(dump, out=tmp_path / "out", removals=("clean",), watcher=noting)
        assert noting.notes == ["left alone 1 files of other kinds (.png 1)"]
        assert outcome.total.failed == 1
        assert sorted(tree(tmp_path / "out/data")) == sorted(originals)
        assert (tmp_path / "out/data/one.txt").read_text("utf-8") == CLEANER.clean(dirty(1)).text
        assert restore(tmp_path / "out", tmp_path / "back") == 6
        assert tree(tmp_path / "back") == originals

    def test_pages_become_texts(self, tmp_path: Path, shipped: object) -> None:
        (tmp_path / "dump").mkdir()
        (tmp_path / "dump/a.html").write_text(
            "<html><body><p>The old mill by the river was sold on Monday, the council said.</p></body></html>"
        )
        go(tmp_path / "dump", out=tmp_path / "out")
        assert tree(tmp_path / "out/data") == {"a.html.txt": b"The old mill by the river was sold on Monday, the council said.\n"}

    def test_a_page_does_not_take_the_name_of_a_text_beside_it(self, tmp_path: Path, shipped: object) -> None:
        (tmp_path / "dump").mkdir()
        (tmp_path / "dump/a.html").write_text(
            "<html><body><p>The old mill by the river was sold on Monday, the council said.</p></body></html>"
        )
        (tmp_path / "dump/a.html.txt").write_text("Another text altogether.\n")
        go(tmp_path / "dump", out=tmp_path / "out")
        assert tree(tmp_path / "out/data") == {
            "a.html.txt": b"Another text altogether.\n",
            "a.html.page.txt": b"The old mill by the river was sold on Monday, the council said.\n",
        }

    @pytest.mark.parametrize(
        ("names", "to", "both"),
        [
            (("x.csv", "x.csv.jsonl"), "jsonl", "x.csv and x.csv.jsonl would both become data/x.csv.jsonl"),
            (("documents.jsonl", "one.txt"), "jsonl", "documents.jsonl and all loose files would both become data/documents.jsonl"),
            (("x.csv", "x.csv.txt"), "txt", "x.csv and x.csv.txt would both become data/x.csv.txt"),
        ],
    )
    def test_two_sources_never_share_an_output(self, names: tuple[str, ...], to: str, both: str, tmp_path: Path) -> None:
        (tmp_path / "dump").mkdir()
        for name in names:
            (tmp_path / "dump" / name).write_text('{"text": "a"}\n' if name.endswith("jsonl") else "text\na\n")
        with pytest.raises(ConfigError, match=both):
            go(tmp_path / "dump", out=tmp_path / "out", to=to)
        (tmp_path / "dump" / names[1]).unlink()
        assert go(tmp_path / "dump", out=tmp_path / "out", to=to).total.documents == 1

    def test_converted_to_json_lines(self, tmp_path: Path) -> None:
        (tmp_path / "dump").mkdir()
        for n in range(5):
            (tmp_path / f"dump/{n}.txt").write_text(dirty(n))
        go(tmp_path / "dump", out=tmp_path / "out", to="jsonl")
        found = records((tmp_path / "out/data/documents.jsonl").read_bytes())
        assert [(record["id"], record["text"]) for record in found] == [(f"{n}.txt", CLEANER.clean(dirty(n)).text) for n in range(5)]


class TestJournal:
    def test_two_runs_at_once(self, tmp_path: Path) -> None:
        journal = Journal(tmp_path / "out")
        with pytest.raises(ConfigError, match="another run is at work here"):
            go(jsonl(tmp_path / "a.jsonl", 3), out=tmp_path / "out")
        journal.close()
        go(tmp_path / "a.jsonl", out=tmp_path / "out")

    def test_an_output_in_a_file(self, tmp_path: Path) -> None:
        with pytest.raises(WriteError, match="x: cannot be written: Not a directory"):
            go(jsonl(tmp_path / "a.jsonl", 3), out=tmp_path / "a.jsonl/x")

    def test_standard_input_is_not_gone_on_with(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        with jsonl(tmp_path / "a.jsonl", 3).open("rb") as stream:
            before = os.dup(0)
            os.dup2(stream.fileno(), 0)
            try:
                assert go("-", out=tmp_path / "out").total.documents == 3
            finally:
                os.dup2(before, 0)
                os.close(before)
        with pytest.raises(ConfigError, match="a run on standard input cannot be gone on with"):
            go("-", out=tmp_path / "out")


class TestGoingOn:
    def test_a_finished_run_is_not_done_again(self, tmp_path: Path) -> None:
        jsonl(tmp_path / "a.jsonl", 50)
        first = go(tmp_path / "a.jsonl", out=tmp_path / "out")
        before = results(tmp_path / "out")
        second = go(tmp_path / "a.jsonl", out=tmp_path / "out")
        assert second.session.skipped == second.session.documents == first.total.documents == 50
        assert second.total == first.total
        assert results(tmp_path / "out") == before

    def test_other_rules_options_or_sources_are_refused(self, tmp_path: Path) -> None:
        source = jsonl(tmp_path / "a.jsonl", 5)
        go(source, out=tmp_path / "out")
        with pytest.raises(ConfigError, match=r'holds a run that differs in --to \("", now "txt"\)\. To go on with it'):
            go(source, out=tmp_path / "out", to="txt")
        with pytest.raises(ConfigError, match="differs in the rules"):
            go(source, out=tmp_path / "out", cleaner=type(CLEANER)(CLEANER.ruleset, ignore=["one/span"], profile="aggressive"))
        jsonl(source, 6)
        with pytest.raises(ConfigError, match="differs in the sources"):
            go(source, out=tmp_path / "out")
        assert go(source, out=tmp_path / "out", restart=True).total.documents == 6

    def test_a_folder_that_holds_something_else(self, tmp_path: Path) -> None:
        source = jsonl(tmp_path / "a.jsonl", 5)
        (tmp_path / "out").mkdir()
        (tmp_path / "out/thesis.txt").write_text("mine")
        with pytest.raises(ConfigError, match="holds files but no run"):
            go(source, out=tmp_path / "out")
        with pytest.raises(ConfigError, match="holds files but no run"):
            go(source, out=tmp_path / "out", restart=True)

    def test_nothing_to_do(self, tmp_path: Path) -> None:
        (tmp_path / "dump").mkdir()
        with pytest.raises(ConfigError, match="nothing to clean in"):
            go(tmp_path / "dump", out=tmp_path / "out")
        with pytest.raises(ConfigError, match="no such file or folder"):
            go(tmp_path / "dmup", out=tmp_path / "out")

    @pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
    def test_a_read_only_target(self, tmp_path: Path) -> None:
        (tmp_path / "locked").mkdir(mode=0o500)
        with pytest.raises(WriteError, match="cannot be written"):
            go(jsonl(tmp_path / "a.jsonl", 5), out=tmp_path / "locked/out")

    @pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
    def test_a_full_disk_stops_the_run_and_it_goes_on_later(self, tmp_path: Path) -> None:
        source = jsonl(tmp_path / "a.jsonl", 50)
        go(source, out=tmp_path / "whole", removals=("clean",))
        part = tmp_path / "out/data/a.jsonl.part"
        part.parent.mkdir(parents=True)
        part.symlink_to("/dev/full")
        (tmp_path / "out/.state").mkdir()
        with pytest.raises(WriteError, match="No space left on device; what was done so far is safe"):
            go(source, out=tmp_path / "out", removals=("clean",))
        part.unlink()
        go(source, out=tmp_path / "out", removals=("clean",))
        assert results(tmp_path / "out") == results(tmp_path / "whole")


class TestOnlyFailures:
    def test_takes_what_failed_and_skips_the_rest(self, tmp_path: Path) -> None:
        source = jsonl(tmp_path / "a.jsonl", 40, long="x" * 90)
        with source.open("a") as more:
            more.write(json.dumps({"text": "Advertisement\nThe mill was sold.\n" * 4000}) + "\n")
        first = go(source, out=tmp_path / "first")
        assert first.total.failed == 1
        from cleaner.batch.model import Limits

        again = go(source, out=tmp_path / "again", only_failures=tmp_path / "first/failures.jsonl", limits=Limits())
        assert (again.total.skipped, again.total.cleaned, again.total.failed) == (40, 1, 0)
        assert len(records((tmp_path / "again/data/a.jsonl").read_bytes())) == 1

    def test_of_loose_files_and_other_sources(self, tmp_path: Path) -> None:
        dump = tmp_path / "dump"
        for n in range(5):
            (dump / "texts").mkdir(parents=True, exist_ok=True)
            (dump / f"texts/{n}.txt").write_text(dirty(n) if n != 3 else "a\0b")
        jsonl(dump / "a.jsonl", 3)
        jsonl(dump / "z.jsonl", 3)
        go(dump, out=tmp_path / "first")
        (dump / "texts/3.txt").write_text(dirty(3))
        again = go(dump, out=tmp_path / "again", only_failures=tmp_path / "first/failures.jsonl")
        assert (again.total.unchanged, again.total.documents) == (1, 1)
        assert sorted(tree(tmp_path / "again/data")) == ["texts/3.txt"]

    @pytest.mark.parametrize("content", [b'{"source": "a"}\n', b"nonsense\n", b'{"source": "a", "record": "x"}\n', b"\xff\n"])
    def test_what_is_no_list_of_failures(self, tmp_path: Path, content: bytes) -> None:
        (tmp_path / "f.jsonl").write_bytes(content)
        with pytest.raises(ReadError, match=r"f\.jsonl(:1)?: is not a"):
            go(jsonl(tmp_path / "a.jsonl", 3), out=tmp_path / "out", only_failures=tmp_path / "f.jsonl")
        with pytest.raises(ReadError, match="gone: cannot be read: No such file"):
            go(tmp_path / "a.jsonl", out=tmp_path / "out", only_failures=tmp_path / "gone")


class TestSidecars:
    def test_dolma_spans_are_of_the_original(self, tmp_path: Path) -> None:
        source = jsonl(tmp_path / "a.jsonl.gz", 30, compress=gzip.compress)
        go(source, out=tmp_path / "out", removals=("dolma",))
        found = records(gzip.decompress((tmp_path / "out/attributes/dechaff/a.jsonl.gz").read_bytes()))
        assert [each["id"] for each in found] == [f"d{n}" for n in range(30)]
        for n, each in enumerate(found):
            for name, spans in each["attributes"].items():
                assert name in ("dechaff__one__label", "dechaff__one__span")
                assert {dirty(n)[start:end].strip() for start, end, _ in spans} <= {"Advertisement", "(share)"}
        assert any(each["attributes"] for each in found)

    def test_json_lines_are_restored_byte_for_byte(self, tmp_path: Path) -> None:
        source = jsonl(tmp_path / "dump/a.jsonl", 60)
        with source.open("a", encoding="utf-8") as more:
            more.write('{"text": "Advertisement\\r\\nA \\u006dill\\/.\\r\\n\\ud800\\r\\n", "x": 1}\n')
            more.write('{"text": "Nothing\\u00a0much  \\n\\n\\n\\nhere\\u200b"}\n')
        go(tmp_path / "dump", out=tmp_path / "out", removals=("clean",))
        assert restore(tmp_path / "out", tmp_path / "back") == 62
        assert (tmp_path / "back/a.jsonl").read_bytes() == source.read_bytes()

    def test_a_run_without_a_sidecar_or_no_run(self, tmp_path: Path) -> None:
        go(jsonl(tmp_path / "a.jsonl", 3), out=tmp_path / "out")
        with pytest.raises(ConfigError, match="without --removals"):
            restore(tmp_path / "out", tmp_path / "back")
        with pytest.raises(ConfigError, match="is not the folder of a run"):
            restore(tmp_path, tmp_path / "back")


class TestSettings:
    """What a project wants holds in a batch where it does in ``clean FILE``."""

    @pytest.fixture
    def dump(self, tmp_path: Path) -> Path:
        for name in ("raw/a.txt", "raw/deep/b.txt", "kept/c.txt", "kept/d.txt", "e.txt", "out.txt"):
            path = tmp_path / "dump" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"{name} stands.\nAdvertisement\nBold claim.\nIt is old (share) now.\n")
        (tmp_path / "dump/raw/r.jsonl").write_text(json.dumps({"text": "Bold claim.\nThe mill.\n"}) + "\n")
        return tmp_path / "dump"

    def options(self, dump: Path, **settings: object) -> dict[str, object]:
        ruleset = given.ruleset(RULES + given.rule("line = 'bold claim\\.'\nconfidence = 'aggressive'", "bold"))
        project = Settings(root=dump, **settings)  # type: ignore[arg-type]
        return {"project": project, "cleaner": Cleaner(ruleset, profile="aggressive")}

    def test_files_have_rules_of_their_own(self, dump: Path, tmp_path: Path) -> None:
        options = self.options(dump, per_file_ignores={"kept/*": ("one/label",)}, per_file_profiles={"raw": "aggressive"})
        outcome = go(dump, out=tmp_path / "out", removals=("clean",), **options)
        texts = {name: data.decode() for name, data in tree(tmp_path / "out/data").items()}
        assert {name: ("Advertisement" not in text, "Bold" not in text, "share" not in text) for name, text in texts.items()} == {
            "raw/a.txt": (True, True, True), "raw/deep/b.txt": (True, True, True), "raw/r.jsonl": (True, True, True),
            "kept/c.txt": (False, False, True), "kept/d.txt": (False, False, True),
            "e.txt": (True, False, True), "out.txt": (True, False, True),
        }  # fmt: skip
        assert outcome.total.cleaned == 7
        assert restore(tmp_path / "out", tmp_path / "back") == 7
        assert tree(tmp_path / "back") == tree(dump)
        with pytest.raises(ConfigError, match="differs in the project's rules for single files"):
            go(dump, out=tmp_path / "out", removals=("clean",), **self.options(dump, per_file_profiles={"raw": "aggressive"}))

    def test_excluded_files_below_folders_are_left_alone(self, dump: Path, tmp_path: Path) -> None:
        noting = Noting()
        (dump / "x.png").touch()
        go(dump, out=tmp_path / "out", watcher=noting, **self.options(dump, exclude=("kept", "*.jsonl")))
        assert sorted(tree(tmp_path / "out/data")) == ["e.txt", "out.txt", "raw/a.txt", "raw/deep/b.txt"]
        assert noting.notes == ["left alone 3 files that the project's settings exclude and 1 files of other kinds (.png 1)"]
        go(dump / "kept/c.txt", out=tmp_path / "named", **self.options(dump, exclude=("kept",)))
        assert sorted(tree(tmp_path / "named/data")) == ["c.txt"]


class TestStopping:
    """A run that is cut off between the parts of a result must not count the first part."""

    @pytest.mark.parametrize("error", [KeyboardInterrupt, WriteError])
    def test_in_the_middle_of_a_result(self, error: type[BaseException], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        source = jsonl(tmp_path / "a.jsonl", 200)
        go(source, out=tmp_path / "whole", removals=("clean",))
        monkeypatch.setattr("cleaner.batch.run._CHECKPOINT", 0.0)
        monkeypatch.setattr("cleaner.batch.run._SAVING", 0)
        append = Outputs.append
        calls = 0

        def failing(self: Outputs, name: str, data: bytes) -> None:
            nonlocal calls
            calls += name.startswith("removals/")
            if calls == 4:
                calls += 1
                raise error("no luck")
            append(self, name, data)

        monkeypatch.setattr(Outputs, "append", failing)
        with pytest.raises(error):
            go(source, out=tmp_path / "out", removals=("clean",))
        outcome = go(source, out=tmp_path / "out", removals=("clean",))
        assert outcome.session.skipped == 48
        assert results(tmp_path / "out") == results(tmp_path / "whole")
