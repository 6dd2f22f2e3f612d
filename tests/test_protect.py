"""Lines that a project keeps: the list, and the command that adds to it."""

from __future__ import annotations

from pathlib import Path

import pytest

import given
from cleaner import protect
from cleaner.errors import ConfigError
from cleaner.pipeline import Cleaner
from command import Command

RULES = given.ruleset(given.rule("line = '(?:# )?junk.*'", "a") + given.rule("span = ' \\(x\\)'", "b"))


def kept(text: str, *lines: str, folder: Path) -> str:
    file = folder / "keep.txt"
    file.write_text("".join(f"{line}\n" for line in lines), "utf-8")
    return Cleaner(RULES.protect(protect.protections(file)), max_removed=1).clean(text).text


@pytest.mark.parametrize("listed", ["junk isn't gold", "  Junk   isn’t gold ", "junk isn\u2019t\tGOLD"])
def test_a_listed_line_stays_however_it_is_spaced_quoted_and_cased(listed: str, tmp_path: Path) -> None:
    text = "junk isn't gold\ngold\njunk isn't gold either\n"
    assert kept(text, listed, folder=tmp_path) == "junk isn't gold\ngold\n"


def test_texts_inside_a_listed_line_stay(tmp_path: Path) -> None:
    assert kept("one (x) two\nthree (x) four\n", "one (x) two", folder=tmp_path) == "one (x) two\nthree four\n"


def test_comments_blank_lines_and_escapes(tmp_path: Path) -> None:
    assert kept("junk a\n# junk b\n", "# junk a", "", "\\# junk b", folder=tmp_path) == "# junk b\n"


def test_an_empty_list_protects_nothing(tmp_path: Path) -> None:
    assert kept("junk\ngold\n", "# none", folder=tmp_path) == "gold\n"


def test_the_list_is_part_of_what_results_depend_on(tmp_path: Path) -> None:
    (tmp_path / "keep.txt").write_text("junk\n")
    assert RULES.protect(protect.protections(tmp_path / "keep.txt")).fingerprint != RULES.fingerprint
    assert RULES.protect(()) is RULES


def test_adding(tmp_path: Path) -> None:
    file = tmp_path / "keep.txt"
    assert protect.add(file, ["# junk  one\n", "junk two", "junk  two", " "]) == ["# junk one", "junk two"]
    assert protect.add(file, ["junk two", "\\x"]) == ["\\x"]
    assert protect.read(file) == ["# junk one", "junk two", "\\x"]
    file.write_text("no end")
    protect.add(file, ["more"])
    assert protect.read(file) == ["no end", "more"]


@pytest.mark.parametrize(
    ("make", "message"), [(lambda file: file.write_bytes(b"\xe9"), "is not UTF-8"), (lambda file: None, "cannot be read: No such")]
)
def test_a_list_that_cannot_be_read(make: object, message: str, tmp_path: Path) -> None:
    make(tmp_path / "keep.txt")  # type: ignore[operator]
    with pytest.raises(ConfigError, match=message):
        protect.read(tmp_path / "keep.txt")


class TestCommand:
    @pytest.fixture(autouse=True)
    def project(self, tmp_path: Path, few_rules: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        folder = tmp_path / "project"
        (folder / "sub").mkdir(parents=True)
        monkeypatch.chdir(folder)
        (folder / "clean.toml").touch()
        (folder / "a.txt").write_text("The mill.\nAdvertisement\nIt is old (share) now.\n")
        return folder

    def test_what_is_reported_can_be_kept(self, command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
        done = command("protect", "a.txt:2")
        assert (done.code, done.out) == (0, "")
        assert done.err.endswith("clean-protect.txt: keeps Advertisement\n")
        assert command("--check", "a.txt").err == "a.txt:3: [share/span] (share)\n"
        command("protect", "a.txt:3")
        assert command("--check", "a.txt").code == 0
        assert Path("clean-protect.txt").read_text().splitlines()[1:] == ["Advertisement", "It is old (share) now."]
        monkeypatch.chdir("sub")
        assert command("--check", "../a.txt").code == 0
        assert command("--check", "../a.txt", "--isolated").code == 1

    def test_another_file_for_the_list(self, command: Command) -> None:
        Path("clean.toml").write_text("protect = 'sub/keep.txt'\n")
        assert "keep.txt: cannot be read" in command("--check", "a.txt").err
        assert command("protect", "a.txt:2", "a.txt:3").code == 0
        assert "It is old (share) now." in Path("sub/keep.txt").read_text()
        assert command("--check", "a.txt").code == 0

    def test_a_wrapped_paragraph_is_one_line(self, command: Command, few_rules: Path) -> None:
        (few_rules / "x.toml").write_text(given.filled(given.rule("line = 'this is junk .*'")))
        words = "and then the paragraph goes on in the line below, which an editor has made"
        lines = ["this is junk that goes on and on for as long as it takes to fill a line", *[words] * 9, "and this is its end."]
        Path("w.txt").write_text("\n".join(lines) + "\n\nThe end is here.\n")
        Path("clean.toml").write_text("max-removed = 1\n")
        assert command("--check", "w.txt").err.startswith("w.txt:1: [x/a] this is junk")
        assert command("protect", "w.txt:3").code == 0
        assert command("--check", "w.txt").code == 0

    @pytest.mark.parametrize(
        ("place", "message"),
        [
            ("a.txt:1", "no rule removes anything there"),
            ("a.txt:99", "no rule removes anything there"),
            ("a.txt", "write it as FILE:LINE"),
            ("a.txt:0", "write it as FILE:LINE"),
            ("b.txt:1", "no such file"),
        ],
    )
    def test_what_is_not_there_is_not_listed(self, place: str, message: str, command: Command) -> None:
        done = command("protect", "a.txt:2", place)
        assert done.code == 2
        assert message in done.err
        assert not Path("clean-protect.txt").exists()

    def test_without_a_project_there_is_no_place_for_the_list(self, command: Command) -> None:
        Path("clean.toml").unlink()
        done = command("protect", "a.txt:2")
        assert done.code == 2
        assert "create a clean.toml" in done.err
