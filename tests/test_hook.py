"""What a hook and a checker must be: they report what people know to read, and change a file once and never twice."""

from __future__ import annotations

import io
import json
import os
import shutil
import sys
from pathlib import Path

import pytest

import given
from cleaner.config import Settings, find
from cleaner.errors import ReadError, WriteError
from cleaner.project import Project, Wanted
from cleaner.readers import read_bytes, read_file
from cleaner.report import Finding, annotation, shown, to_json, written
from cleaner.types import Cleaned, Document, Removal
from command import Command

DIRTY = "The mill stands.\nAdvertisement\nIt is old (share) now.\n"
CLEAN = "The mill stands.\nIt is old now.\n"
FIX = ("--write", "--exit-non-zero-on-fix", "--force-exclude", "--")


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_rules: Path) -> Path:
    """A project to stand in, with one clean and one dirty file."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    Path("clean.toml").touch()
    Path("clean.txt").write_text(CLEAN)
    Path("dirty.txt").write_text(DIRTY)
    return folder


@pytest.mark.usefixtures("project")
class TestFix:
    def test_says_what_it_changed_once(self, command: Command) -> None:
        done = command(*FIX, "clean.txt", "dirty.txt")
        assert (done.code, done.out, done.err) == (1, "", "dirty.txt: cleaned (ads/label, share/span)\n")
        assert Path("dirty.txt").read_text() == CLEAN
        done = command(*FIX, "clean.txt", "dirty.txt")
        assert (done.code, done.out, done.err) == (0, "", "")

    def test_what_is_excluded_stays_dirty(self, command: Command) -> None:
        Path("clean.toml").write_text("exclude = ['dirty.txt']\n")
        assert command(*FIX, "dirty.txt").code == 0
        assert Path("dirty.txt").read_text() == DIRTY
        assert command("--write", "dirty.txt").code == 0
        assert Path("dirty.txt").read_text() == CLEAN

    def test_excluded_standard_input_comes_back_as_it_was(self, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        Path("clean.toml").write_text("exclude = ['dirty.txt']\n")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(DIRTY.encode())))
        assert command("-", "--stdin-filename", "dirty.txt", "--force-exclude").out == DIRTY

    def test_a_file_that_cannot_be_done_does_not_stop_the_others(self, command: Command) -> None:
        Path("locked.txt").write_text(DIRTY)
        Path("locked.txt").chmod(0o444)
        Path("page.html").write_text("<html><body><p>x</p></body></html>")
        done = command(*FIX, "locked.txt", "page.html", "missing.txt", "dirty.txt")
        assert done.code == 2
        assert "clean: locked.txt: is read-only" in done.err
        assert "clean: page.html: is HTML, which is never rewritten" in done.err
        assert Path("dirty.txt").read_text() == CLEAN
        assert Path("page.html").read_text().startswith("<html>")

    def test_stopped_by_hand_a_file_is_the_old_one_or_the_new_one(self, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        names = [f"{n}.txt" for n in range(4)]
        for name in names:
            Path(name).write_text(DIRTY)
        renamed = os.replace

        def replace(source: str, target: str) -> None:
            if Path(target).name == "2.txt":
                raise KeyboardInterrupt
            renamed(source, target)

        monkeypatch.setattr(os, "replace", replace)
        done = command(*FIX, *names)
        assert (done.code, done.out, done.err.splitlines()[-1]) == (130, "", "clean: stopped")
        assert [Path(name).read_text() for name in names] == [CLEAN, CLEAN, DIRTY, DIRTY]
        assert not list(Path().glob(".*.tmp"))

    def test_standard_input_has_no_place(self, command: Command) -> None:
        assert command("--write", "-").code == 2
        assert not Path("-").exists()

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            (b"Mill.\r\nAdvertisement\r\nOld.\r\n", b"Mill.\r\nOld.\r\n"),
            (b"Mill.\rAdvertisement\rOld.\r", b"Mill.\rOld.\r"),
            (b"Mill.\r\nAdvertisement\r\nOld.", b"Mill.\r\nOld.\r\n"),
            (b"Mill.\r\nOld.\nOlder.\r\n", b"Mill.\r\nOld.\r\nOlder.\r\n"),
            (b"\xef\xbb\xbfMill.\nAdvertisement\n", b"\xef\xbb\xbfMill.\n"),
            ("\ufeffMühle.\r\nAdvertisement\r\n".encode("utf-16-le"), "\ufeffMühle.\r\n".encode("utf-16-le")),
            ("\ufeffMühle.\nAdvertisement\n".encode("utf-16-be"), "\ufeffMühle.\n".encode("utf-16-be")),
            (
                "Größe\r\nAdvertisement\r\nFlüße über den Hügeln\r\n".encode("latin-1"),
                "Größe\r\nFlüße über den Hügeln\r\n".encode("latin-1"),
            ),
        ],
    )
    def test_line_ends_and_encodings_stay(self, before: bytes, after: bytes, command: Command) -> None:
        Path("a.txt").write_bytes(before)
        assert command(*FIX, "a.txt").code == 1
        assert Path("a.txt").read_bytes() == after
        assert command(*FIX, "a.txt").code == 0

    def test_a_file_whose_encoding_could_not_be_told_again_is_left(self, command: Command) -> None:
        before = "Größe\nAdvertisement\nÄpfel für Österreich\n".encode("latin-1")
        Path("a.txt").write_bytes(before)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("cleaner.project.decode", lambda data, name: ("something else", "koi8-r"))
            done = command(*FIX, "a.txt")
        assert (done.code, Path("a.txt").read_bytes()) == (2, before)
        assert "convert it to UTF-8" in done.err

    @pytest.mark.parametrize("content", [b"Mill.\r\nOld.\r\n", b"Mill.\rOld.\r", b"\xef\xbb\xbfMill.\n", b""])
    def test_line_ends_alone_are_nothing_to_change(self, content: bytes, command: Command) -> None:
        Path("a.txt").write_bytes(content)
        before = as_written("a.txt")
        assert command("--check", "a.txt").code == 0
        assert command(*FIX, "a.txt").code == 0
        assert command("--check", "a.txt", "--statistics").err.startswith("1 document: 0 cleaned, 1 unchanged")
        assert as_written("a.txt") == before

    @pytest.mark.parametrize("name", ["two words.txt", "two\nlines.txt", "-x.txt", b"not-utf8-\xff.txt", "ü" * 124 + ".txt", "*?[a].txt"])
    def test_names(self, name: str | bytes, command: Command) -> None:
        path = Path(os.fsdecode(name))
        path.write_text(DIRTY)
        done = command(*FIX, str(path))
        assert (done.code, len(done.err.splitlines())) == (1, 1)
        assert path.read_text() == CLEAN
        assert command(*FIX, str(path)).code == 0

    def test_a_link_stays_a_link(self, command: Command) -> None:
        Path("link.txt").symlink_to("dirty.txt")
        assert command(*FIX, "link.txt").code == 1
        assert Path("link.txt").is_symlink()
        assert Path("dirty.txt").read_text() == CLEAN
        assert command(*FIX, "link.txt", "dirty.txt").code == 0

    def test_a_link_is_excluded_by_its_name_and_by_that_of_its_file(self, command: Command) -> None:
        Path("link.txt").symlink_to("dirty.txt")
        for name in ("link.txt", "dirty.txt"):
            Path("clean.toml").write_text(f"exclude = ['{name}']\n")
            command(*FIX, "link.txt")
            assert Path("dirty.txt").read_text() == DIRTY

    def test_a_link_to_nowhere_is_an_error(self, command: Command) -> None:
        Path("link.txt").symlink_to("nowhere")
        assert command(*FIX, "link.txt").code == 2


@pytest.mark.usefixtures("project")
class TestFormats:
    def test_github(self, command: Command) -> None:
        done = command("--check", "--format", "github", "clean.txt", "dirty.txt")
        assert (done.code, done.err) == (1, "")
        assert done.out.splitlines() == [
            "::error title=clean (ads/label),file=dirty.txt,line=2,endLine=2::dirty.txt:2: [ads/label] Advertisement",
            "::error title=clean (share/span),file=dirty.txt,line=3,endLine=3::dirty.txt:3: [share/span] (share)",
        ]
        done = command("--check", "--format", "github", "clean.txt")
        assert (done.code, done.out, done.err) == (0, "", "")

    def test_github_escapes(self) -> None:
        assert annotation(Finding("a,b:c\n%.txt", 1, 1, "", "x: 5 %, y")) == (
            "::error title=clean,file=a%2Cb%3Ac%0A%25.txt::a,b:c\\n%25.txt: x: 5 %25, y"
        )

    def test_sarif(self, command: Command) -> None:
        done = command("--check", "--format", "sarif", "clean.txt", "dirty.txt")
        (run,) = json.loads(done.out)["runs"]
        assert (done.code, done.err) == (1, "")
        assert [result["ruleId"] for result in run["results"]] == ["ads/label", "share/span"]
        done = command("--check", "--format", "sarif", "clean.txt", "missing.txt")
        (run,) = json.loads(done.out)["runs"]
        assert (done.code, run["results"], run["invocations"][0]["executionSuccessful"]) == (2, [], False)

    def test_with_write_they_tell_what_went(self, command: Command) -> None:
        assert command("--write", "--format", "github", "dirty.txt").out.count("::error") == 2
        assert Path("dirty.txt").read_text() == CLEAN

    @pytest.mark.parametrize("options", [["--format", "sarif"], ["--format", "github", "--diff"], ["--format", "github", "-o", "x"]])
    def test_they_list_findings_and_no_text(self, options: list[str], command: Command) -> None:
        done = command("dirty.txt", *options)
        assert (done.code, done.out) == (2, "")
        assert "use it with --check or --write" in done.err

    def test_a_name_of_two_lines_is_one_line(self, command: Command) -> None:
        Path("two\nlines.txt").write_text(DIRTY)
        assert command("--check", "two\nlines.txt").err.splitlines()[0] == "two\\nlines.txt:2: [ads/label] Advertisement"
        assert shown("a\tb\x1b.txt") == "a\\tb\\x1b.txt"
        Path("two\nlines.html").write_text("<html></html>")
        assert command("--write", "two\nlines.html").err.startswith("clean: two\\nlines.html: is HTML")

    def test_json_of_a_name_that_is_not_utf8_is_json(self, command: Command) -> None:
        name = os.fsdecode(b"odd-\xff.txt")
        Path(name).write_text(DIRTY)
        assert json.loads(command("--check", "--format", "json", name).out)["id"] == name
        assert to_json({"ü": "\udc80"}) == '{"ü": "\\udc80"}'

    def test_white_space_is_reported_beside_junk(self, command: Command) -> None:
        Path("a.txt").write_text("The mill. \nAdvertisement\n")
        assert [line.partition(": ")[2] for line in command("--check", "a.txt").err.splitlines()] == [
            "[ads/label] Advertisement", "white space or invisible characters would be normalized"
        ]  # fmt: skip

    def test_mojibake_is_reported(self, command: Command) -> None:
        Path("a.txt").write_text("sÃ¶ “so”\n")
        done = command("--check", "--fix-encoding", "a.txt")
        assert (done.code, done.err) == (1, "a.txt: mojibake would be repaired\n")

    def test_written(self) -> None:
        removals = tuple(Removal(number, number + 1, rule, "x") for number, rule in enumerate(("b/x", "a/x", "b/x")))
        assert written(Cleaned(Document("a\n", ""), "", "", removals)) == "a\\n: cleaned (b/x 2, a/x)"
        assert written(Cleaned(Document("a", ""), "", "")) == "a: cleaned (white space)"


@pytest.mark.usefixtures("project")
class TestBaseline:
    OPTIONS = ("--check", "--baseline", "known.json")

    def test_what_was_there_is_passed_over_and_what_is_new_is_not(self, command: Command) -> None:
        done = command(*self.OPTIONS, "--update-baseline", "dirty.txt", "clean.txt")
        assert (done.code, done.out, done.err) == (0, "", "clean: known.json: lists 2 findings in 1 files\n")
        done = command(*self.OPTIONS, "dirty.txt", "clean.txt")
        assert (done.code, done.err) == (0, "")
        Path("dirty.txt").write_text("New first line.\nShare this\n" + DIRTY)
        done = command(*self.OPTIONS, "dirty.txt")
        assert (done.code, done.err) == (1, "dirty.txt:2: [share/line] Share this\n")

    def test_an_update_forgets_what_is_gone(self, command: Command) -> None:
        command(*self.OPTIONS, "--update-baseline", "dirty.txt")
        Path("dirty.txt").write_text(CLEAN)
        command(*self.OPTIONS, "--update-baseline", "dirty.txt")
        Path("dirty.txt").write_text(DIRTY)
        assert command(*self.OPTIONS, "dirty.txt").code == 1

    def test_nothing_is_written_when_a_file_could_not_be_read(self, command: Command) -> None:
        assert command(*self.OPTIONS, "--update-baseline", "dirty.txt", "missing.txt").code == 2
        assert not Path("known.json").exists()

    @pytest.mark.parametrize(
        ("options", "message"),
        [
            (["--baseline", "known.json"], "--baseline is for --check"),
            (["--baseline", "known.json", "--write"], "--baseline is for --check"),
            (["--check", "--baseline", "known.json"], "no such baseline"),
            (["--update-baseline"], "wants --baseline FILE"),
        ],
    )
    def test_usage(self, options: list[str], message: str, command: Command) -> None:
        done = command("dirty.txt", *options)
        assert done.code == 2
        assert message in done.err


class TestSettings:
    @pytest.mark.parametrize(
        ("glob", "path", "matches"),
        [
            ("a/**/b.txt", "a/b.txt", True),
            ("a/**/b.txt", "a/x/y/b.txt", True),
            ("**/b.txt", "b.txt", True),
            ("a/*/raw", "a/x/raw/b.txt", True),
            ("a/", "a/b.txt", True),
            ("a", "ab/c.txt", False),
            ("A", "a/b.txt", False),
            ("b.txt", "x/b.txt", True),
        ],
    )
    def test_globs(self, glob: str, path: str, matches: bool, tmp_path: Path) -> None:
        assert Settings(exclude=(glob,), root=tmp_path).excluded(tmp_path / path) is matches

    def test_globs_are_of_the_project_wherever_one_stands(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / "clean.toml").write_text(
            "exclude = ['sub/a.txt']\n[per-file-ignores]\n'sub' = ['ads']\n[per-file-profiles]\n'sub' = 'aggressive'"
        )
        (tmp_path / "sub").mkdir()
        monkeypatch.chdir(tmp_path / "sub")
        settings = find(Path.cwd())
        assert settings.excluded(Path("a.txt"))
        assert settings.ignored(Path("b.txt")) == ("ads",)
        assert settings.profile_of(Path("b.txt")) == "aggressive"
        assert settings.profile_of(Path("../b.txt")) == "safe"

    def test_where_kept_lines_are_listed(self, tmp_path: Path) -> None:
        assert Settings().protected() is None
        assert Settings(root=tmp_path).protected() == tmp_path / "clean-protect.txt"
        (tmp_path / "clean.toml").write_text("protect = 'x/keep.txt'")
        assert find(tmp_path).protected() == tmp_path / "x" / "keep.txt"


@pytest.mark.usefixtures("project")
class TestProject:
    def test_files_with_the_same_wishes_share_a_cleaner(self, project: Path) -> None:
        made = Project(Settings(per_file_ignores={"a.txt": ("ads",)}, root=project), Wanted(ignore=("share/line",)))
        assert made.cleaner(Path("b.txt")) is made.cleaner(Path("c.txt"))
        assert made.cleaner(Path("b.txt")) is not made.cleaner(Path("a.txt"))

    def test_what_is_wrong_is_told_before_the_first_file(self, command: Command) -> None:
        assert command("--write", "--ignore", "adz", "dirty.txt").code == 2
        assert Path("dirty.txt").read_text() == DIRTY


# -- law 2, as a hook sees it, with the shipped rules


def as_written(name: str) -> tuple[int, ...]:
    """What changes if a file is written; its time of access changes if it is read."""
    state = os.stat(name)
    return state.st_ino, state.st_size, state.st_mtime_ns, state.st_ctime_ns


def fixtures() -> list[Path]:
    return sorted(path for folder in ("clean", "dirty") for path in (given.FIXTURES / folder).glob("*.txt"))


@pytest.mark.parametrize("profile", ["safe", "aggressive"])
def test_no_fixture_is_changed_twice(profile: str, tmp_path: Path) -> None:
    made = Project(Settings(), Wanted(profile=profile, max_removed=1))
    twice = []
    for path in fixtures():
        file = Path(shutil.copy(path, tmp_path))
        if (first := made.clean(read_file(file))).changed:
            file.write_bytes(first.data())
            if (second := made.clean(read_file(file))).changed or list(second.findings()):
                twice.append((path.name, [str(each) for each in second.findings()]))
    assert twice == []


@pytest.mark.parametrize(("encoding", "newline"), [("utf-8", "\r\n"), ("utf-16", "\n"), ("legacy", "\n"), ("legacy", "\r\n")])
def test_nor_in_another_encoding(encoding: str, newline: str) -> None:
    """Legacy: each text in the first code page that holds it, which has to be guessed again when some of it is gone."""
    made = Project(Settings())
    twice = []
    changed = 0
    for path in fixtures():
        try:
            text = path.read_text("utf-8").replace("\n", newline)
        except UnicodeDecodeError:
            continue
        for codec in ("cp1252", "cp1250", "cp1251", "cp1256", "shift_jis", "euc_kr", "gb18030") if encoding == "legacy" else (encoding,):
            try:
                data = text.encode(codec)
                break
            except UnicodeEncodeError:
                continue
        try:
            first = made.clean(read_bytes(data, path.name))
        except ReadError:
            continue
        if not first.changed:
            continue
        changed += 1
        try:
            second = made.clean(read_bytes(first.data(), path.name))
        except WriteError:
            continue
        if second.changed or second.source.newline != first.source.newline:
            twice.append((path.name, first.source.encoding, second.source.encoding))
    assert twice == []
    assert changed > 40
