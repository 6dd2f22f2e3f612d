from __future__ import annotations

import io
import json
import os
from pathlib import Path

import pytest

from batches import jsonl, records
from cleaner.batch.journal import Cursor
from cleaner.batch.tally import Tally
from cleaner.cli.progress import Progress, status, wrong
from cleaner.types import Stats
from command import Command

PAIR = ["--isolated", "-j", "1"]


@pytest.fixture(autouse=True)
def _few(few_rules: Path) -> None:
    """Every test with the four rules of the fixture."""


def test_a_run_its_report_and_its_restoring(tmp_path: Path, command: Command) -> None:
    source = jsonl(tmp_path / "dump/a.jsonl", 20)
    out = tmp_path / "out"
    done = command("batch", str(tmp_path / "dump"), "--out", str(out), "--removals", "clean", "--removals", "dolma", *PAIR)
    assert (done.code, done.out) == (0, "")
    assert done.err.splitlines()[0] == 'clean: a.jsonl: text in "text", url in "url", id in "id"'
    assert "20 documents: 13 cleaned, 7 unchanged, 0 refused, 0 failed, 0 skipped" in done.err
    assert sorted(path.name for path in out.iterdir()) == [".state", "attributes", "data", "removals", "report.html", "run.json"]
    assert json.loads((out / "run.json").read_bytes())["families"] == {"share": 13, "ads": 13}
    again = command("batch", str(tmp_path / "dump"), "--out", str(out), "--removals", "dolma", "--removals", "clean", *PAIR)
    assert "20 of them were done before" in again.err
    assert command("restore", str(out), "--out", str(tmp_path / "back")).code == 0
    assert (tmp_path / "back/a.jsonl").read_bytes() == source.read_bytes()


def test_failures_make_the_exit_code_2(tmp_path: Path, command: Command) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "x\\n"}\n{"text": 5}\n')
    done = command("batch", str(tmp_path / "a.jsonl"), "--out", str(tmp_path / "out"), *PAIR)
    assert done.code == 2
    assert f"clean: 1 document failed: see {tmp_path / 'out/failures.jsonl'}" in done.err
    # A field's name that is mistyped, say, fails whole sources: that is not to be looked up elsewhere.
    assert '     1  a.jsonl:2 its field "text" holds no text but int' in done.err.splitlines()


@pytest.mark.parametrize(
    ("stats", "said"),
    [
        (Stats(cleaned=1), ""),
        (Stats(failed=1), "1 document failed"),
        (Stats(failed=2000, refused=1), "2,000 documents failed and 1 document was refused"),
        (Stats(refused=2), "2 documents were refused"),
    ],
)
def test_what_went_wrong_in_words(stats: Stats, said: str) -> None:
    assert wrong(stats) == said


def test_another_rule_set_is_refused_with_a_word_on_how_to_go_on(tmp_path: Path, command: Command) -> None:
    source = jsonl(tmp_path / "a.jsonl", 3)
    assert command("batch", str(source), "--out", str(tmp_path / "out"), *PAIR).code == 0
    done = command("batch", str(source), "--out", str(tmp_path / "out"), "--ignore", "share", *PAIR)
    assert done.code == 2
    assert "differs in the rules. To go on with it" in done.err
    assert command("batch", str(source), "--out", str(tmp_path / "out"), "--ignore", "share", "--restart", *PAIR).code == 0


def test_the_settings_and_the_protect_list_hold(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("dump/a.txt", "dump/bold/b.txt", "dump/fixtures/c.txt"):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text("Sponsored: a mill.\nAdvertisement\nShare this\nThe mill stands.\n")
    (tmp_path / "clean.toml").write_text("exclude = ['dump/fixtures']\n[per-file-profiles]\n'dump/bold' = 'aggressive'\n")
    (tmp_path / "clean-protect.txt").write_text("share this\n")
    monkeypatch.chdir(tmp_path)
    done = command("batch", "dump", "--out", "out", "-j", "1")
    assert (done.code, done.out) == (0, "")
    assert "left alone 1 files that the project's settings exclude" in done.err
    assert Path("out/data/a.txt").read_text() == "Sponsored: a mill.\nShare this\nThe mill stands.\n"
    assert Path("out/data/bold/b.txt").read_text() == "Share this\nThe mill stands.\n"
    assert not Path("out/data/fixtures").exists()
    Path("clean-protect.txt").write_text("")
    assert "differs in the rules" in command("batch", "dump", "--out", "out", "-j", "1").err
    Path("clean.toml").write_text("[per-file-ignores]\n'bold' = ['adz']\n")
    done = command("batch", "dump", "--out", "other", "-j", "1")
    assert (done.code, done.err) == (2, 'clean: no rule or family is called "adz"; did you mean "ads"? (see `clean rules list`)\n')


def test_stopped_by_hand(tmp_path: Path, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    source = jsonl(tmp_path / "a.jsonl", 3)
    monkeypatch.setattr("cleaner.batch.run.Run._commit", stop)
    done = command("batch", str(source), "--out", str(tmp_path / "out"), "--text-field", "text", *PAIR)
    assert (done.code, done.out) == (130, "")
    assert done.err.splitlines()[1:] == ["clean: stopped; run the same command again to go on"]
    monkeypatch.undo()


def test_standard_input(tmp_path: Path, command: Command) -> None:
    with jsonl(tmp_path / "a.jsonl", 5).open("rb") as stream:
        before = os.dup(0)
        os.dup2(stream.fileno(), 0)
        try:
            done = command("batch", "-", "--out", str(tmp_path / "out"), *PAIR)
        finally:
            os.dup2(before, 0)
            os.close(before)
    assert done.code == 0, done.err
    assert len(records((tmp_path / "out/data/stdin.jsonl").read_bytes())) == 5


def test_what_cannot_be(tmp_path: Path, command: Command) -> None:
    source = str(jsonl(tmp_path / "a.jsonl", 1))
    done = command("batch", source, "--out", str(tmp_path / "out"), "-j", "513")
    assert (done.code, done.err) == (2, "clean: --workers: more than 512 processes is more than one machine does\n")
    done = command("batch", source, "--out", str(tmp_path / "out"), "--engine", "spark", "--to", "parquet", str(tmp_path), *PAIR[:1])
    assert done.code == 2
    assert not (tmp_path / "out/run.json").exists()


def test_a_mistyped_source(tmp_path: Path, command: Command) -> None:
    jsonl(tmp_path / "dump.jsonl", 1)
    done = command("batch", str(tmp_path / "dmup.jsonl"), "--out", str(tmp_path / "out"), *PAIR)
    assert (done.code, done.err) == (2, f'clean: {tmp_path / "dmup.jsonl"}: no such file or folder; did you mean "dump.jsonl"?\n')


class TestProgress:
    CURSOR = Cursor(entry=3, bytes=50_000_000, tally=Tally(Stats(cleaned=900, failed=1, characters=1000, removed=123)))

    def test_what_it_says(self) -> None:
        line = status(self.CURSOR, 6, 100_000_000, 50_000_000, 125.0)
        assert line == "3/6 sources, 901 documents, 0.4 MB/s, 12.3% junk, 1 failed, 0 refused, 2 min left"
        assert status(Cursor(), 6, 100, 0, 0.0) == "0/6 sources, 0 documents, 0.0 MB/s, 0.0% junk"
        assert status(self.CURSOR, 300, 100_000_000_000, 50_000_000, 125.0).endswith("3 h 26 min left")

    def test_a_log_gets_a_line_a_minute(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = [0.0]
        monkeypatch.setattr("cleaner.cli.progress.time.monotonic", lambda: now[0])
        stream = io.StringIO()
        progress = Progress(stream)
        for second in range(0, 180, 10):
            now[0] = float(second)
            progress.progress(self.CURSOR, 6, 100)
        progress.progress(self.CURSOR, 6, 100, final=True)
        assert len(stream.getvalue().splitlines()) == 2
        assert "\r" not in stream.getvalue()

    def test_a_terminal_has_one_line_that_goes_at_the_end(self, monkeypatch: pytest.MonkeyPatch) -> None:
        now = [0.0]
        monkeypatch.setattr("cleaner.cli.progress.time.monotonic", lambda: now[0])
        stream = io.StringIO()
        stream.isatty = lambda: True  # type: ignore[method-assign]
        progress = Progress(stream)
        for second in range(3):
            now[0] = float(second)
            progress.progress(self.CURSOR, 6, 100)
        progress.note("a word")
        progress.progress(self.CURSOR, 6, 100, final=True)
        assert stream.getvalue().count("\r\033[K3/6 sources") == 2
        assert stream.getvalue().endswith("\r\033[Kclean: a word\n")
