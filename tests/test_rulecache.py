from __future__ import annotations

import os
import pickle
import subprocess
import sys
from functools import partial
from pathlib import Path

import pytest

import given
from cleaner import cachefile, library, rulecache
from cleaner.errors import ConfigError
from cleaner.loading import build, load
from cleaner.ruleset import RuleSet
from cleaner.shelf import Shelf
from given import rule

SOURCE = (
    "[[protect]]\npattern = 'gold'\nrules = ['one/a']\n"
    + rule("line = 'share this'\nwhen = [{ first = 2, not = { bullet = true } }, { run = { min = 3 } }]\nkeywords = ['share']")
    + rule("block = { from = 'x', to = 'y', max_lines = 3 }\nunless = 'brass'", "b")
    + rule(
        "tail = 'x'\nmax_prose_share = 0.3\ncut = 0.4\nsites = ['a.b']\nconfidence = 'aggressive'\nstatus = 'experimental'\nsource = 's'\nadded = '1'",
        "c",
    )
    + rule("repeat = { of = 'passage', ignoring = 'ä' }", "d")
    + rule("html = { tokens = ['share'] }", "e")
)
RULES = given.ruleset(SOURCE)
#: Patterns of a protection, of the end of a block, and of what a line must not say.
BESIDES = ["gold", "y", "brass"]


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("DECHAFF_CACHE", str(tmp_path / "cache"))
    return tmp_path / "cache"


def without_examples(rules: RuleSet) -> list[tuple[object, ...]]:
    names = [name for name in type(rules.rules[0]).__slots__ if name not in ("removes", "keeps")]
    return [tuple(getattr(each, name) for name in names) for each in rules.rules]


def test_what_is_written_is_read_again() -> None:
    rulecache.write("key", RULES)
    read = rulecache.read("key")
    assert read is not None
    assert without_examples(read) == without_examples(RULES)
    assert (read.protections, read.clues, read.fingerprint) == (RULES.protections, RULES.clues, RULES.fingerprint)
    assert repr(read.select().rules[0].when) == repr(RULES.rules[0].when)


def test_profiles_are_read_again() -> None:
    made = build(
        [("forum.toml", "[profile]\nwhy = 'A forum.'\nfingerprint = ['forum-x']\nposts = ['.post']\nbody = ['.text']\nmin_posts = 2\n")],
        "made up",
    )
    rulecache.write("key", made)
    read = rulecache.read("key")
    assert read is not None
    assert read.profiles == made.profiles
    assert len(made.profiles) == 1


def test_another_key_another_form_another_engine_find_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rulecache.write("key", RULES)
    assert rulecache.read("other") is None
    monkeypatch.setattr(rulecache, "FORM", -1)
    assert rulecache.read("key") is None
    monkeypatch.undo()


def test_another_regex_version_finds_nothing(monkeypatch: pytest.MonkeyPatch, folder: Path) -> None:
    rulecache.write("key", RULES)
    monkeypatch.setattr("regex.__version__", "0")
    assert rulecache.read("key") is None


def test_a_machine_that_counts_bytes_from_the_other_end_finds_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    rulecache.write("key", RULES)
    monkeypatch.setattr(sys, "byteorder", "other")
    assert rulecache.read("key") is None


def spoil(folder: Path, spoiled: bytes, aside: bool = False) -> None:
    for file in folder.iterdir():
        if aside:
            file.unlink()
        file.write_bytes(spoiled)


@pytest.mark.parametrize(
    "spoiled", [b"", b"{", b"[]", b"null", b"3", b'{"key": "key"}', b'{"key": "key", "rules": [1]}', b"\xff\xfe", b"\x00" * 100]
)
def test_a_spoiled_file_is_not_read(spoiled: bytes, folder: Path) -> None:
    rulecache.write("key", RULES)
    spoil(folder, spoiled)
    assert rulecache.read("key") is None


def test_a_damaged_file_is_not_read(folder: Path) -> None:
    rulecache.write("key", RULES)
    file = next(folder.iterdir())
    whole = file.read_bytes()
    late = 0
    for place in range(0, len(whole), 97):
        file.write_bytes(whole[:place])
        assert rulecache.read("key") is None
        file.write_bytes(whole[:place] + bytes([whole[place] ^ 0x40]) + whole[place + 1 :])
        read = rulecache.read("key")
        if read is None:
            continue
        # A piece shows that it is damaged when it is asked for, and the file is not read a second time.
        late += 1
        with pytest.raises(ConfigError, match="run it again"):
            everything(read)
        assert not file.exists()
    assert late
    file.write_bytes(whole)
    read = rulecache.read("key")
    assert read is not None
    everything(read)


def everything(ruleset: RuleSet) -> None:
    """Ask for all that is stored of the rules."""
    assert list(ruleset.rules)
    assert list(ruleset.clues)
    assert list(ruleset.profiles) == list(RULES.profiles)
    assert [ruleset.matcher(number) for number in range(len(ruleset.rules))]
    assert ruleset.ids
    assert [ruleset.compiled(pattern).pattern for pattern in BESIDES] == BESIDES


def test_patterns_that_go_with_rules_are_stored_compiled(monkeypatch: pytest.MonkeyPatch) -> None:
    rulecache.write("key", RULES)
    read = rulecache.read("key")
    assert read is not None
    monkeypatch.setattr("cleaner.matchers.build", lambda pattern: pytest.fail(f"compiled again: {pattern}"))
    assert [bool(read.select().compiled(pattern).search("Brass, Gold, Y")) for pattern in BESIDES] == [True] * 3


def test_a_file_of_another_key_under_its_name_is_not_read(folder: Path) -> None:
    rulecache.write("one", RULES)
    next(folder.iterdir()).rename(rulecache._file("two"))
    assert rulecache.read("two") is None


class TestStates:
    """Whether rule files have changed is told by their times, where these can be believed."""

    @pytest.fixture
    def file(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
        monkeypatch.setattr(cachefile, "SETTLED", 0)
        return own(tmp_path, "x")

    def test_the_second_load_reads_no_file(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        first = load([file], shipped=False)
        monkeypatch.setattr("cleaner.loading.text_of", lambda *args: pytest.fail("read again"))
        assert load([file], shipped=False) == first

    def test_a_change_of_equal_size_and_time_is_seen(self, file: Path, tmp_path: Path) -> None:
        load([file], shipped=False)
        before = file.stat()
        own(tmp_path, "y")
        os.utime(file, ns=(before.st_atime_ns, before.st_mtime_ns))
        assert load([file], shipped=False).rules[0].pattern == "y"

    def test_a_file_changed_just_now_is_read_again(self, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(cachefile, "SETTLED", 10**12)
        load([file], shipped=False)
        assert rulecache.seen([(str(file), str(file))]) is None

    def test_a_file_more_is_seen(self, file: Path, tmp_path: Path) -> None:
        load([tmp_path], shipped=False)
        (tmp_path / "more.toml").write_text(given.filled(rule("line = 'z'")))
        assert [each.pattern for each in load([tmp_path], shipped=False).rules] == ["z", "x"]

    def test_a_file_that_is_gone(self, file: Path) -> None:
        load([file], shipped=False)
        file.unlink()
        with pytest.raises(ConfigError, match="no such rule file"):
            load([file], shipped=False)


def test_rules_made_when_asked_for_are_those_that_were_stored(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(given.filled(SOURCE))
    parsed, read = load([file], shipped=False), load([file], shipped=False)
    assert isinstance(read.rules, Shelf)
    assert read == parsed
    assert pickle.loads(pickle.dumps(read)) == parsed
    assert (read.outlines, read.index()[0].everywhere) == (parsed.outlines, parsed.index()[0].everywhere)
    assert dict(read.index()[0].groups.items()) == dict(parsed.index()[0].groups.items())
    chosen = read.select(ignore=["own/a"])
    assert chosen == parsed.select(ignore=["own/a"])
    assert [read.matcher(at).pattern for at, each in enumerate(read.outlines) if each.phrase] == [
        each.pattern for each, outline in zip(parsed.rules, parsed.outlines, strict=True) if outline.phrase
    ]


def test_what_is_in_use_outlives_its_file(folder: Path) -> None:
    rulecache.write("key", RULES)
    read = rulecache.read("key")
    assert read is not None
    spoil(folder, b"", aside=True)
    assert without_examples(read) == without_examples(RULES)


@pytest.mark.parametrize("spoiled", [b"", b"\0" * 100_000])
def test_what_is_damaged_while_in_use_is_not_read(folder: Path, spoiled: bytes) -> None:
    rulecache.write("key", RULES)
    read = rulecache.read("key")
    assert read is not None
    spoil(folder, spoiled)
    with pytest.raises(ConfigError, match="run it again"):
        read.rules[0]


def test_where_files_cannot_be_read_from_a_place(monkeypatch: pytest.MonkeyPatch) -> None:
    rulecache.write("key", RULES)
    monkeypatch.delattr(os, "pread")
    read = rulecache.read("key")
    assert read is not None
    assert without_examples(pickle.loads(pickle.dumps(read))) == without_examples(RULES)


def own(tmp_path: Path, pattern: str) -> Path:
    file = tmp_path / "own.toml"
    file.write_text(given.filled(rule(f"line = '{pattern}'")))
    return file


def test_a_changed_rule_file_is_never_taken_for_the_old_one(tmp_path: Path) -> None:
    assert load([own(tmp_path, "x")], shipped=False).rules[0].pattern == "x"
    assert load([own(tmp_path, "y")], shipped=False).rules[0].pattern == "y"
    assert load([own(tmp_path, "x")], shipped=False).rules[0].pattern == "x"


def test_the_second_load_parses_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = own(tmp_path, "x")
    first = load([file], shipped=False)
    monkeypatch.setattr("cleaner.loading.build", lambda *args: pytest.fail("parsed again"))
    assert load([file], shipped=False) == first


@pytest.mark.parametrize("examples", [True, False])
def test_patterns_that_were_analysed_are_not_analysed_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, examples: bool) -> None:
    file = own(tmp_path, "an old pattern")
    monkeypatch.setattr("cleaner.library.load", partial(load, shipped=False))
    first = library.read([file], examples=examples)
    # Another process, and a change beside the pattern.
    monkeypatch.setattr("cleaner.patterns._known", {})
    monkeypatch.setattr("cleaner.matchers.frozen", lambda pattern: pytest.fail("analysed again"))
    file.write_text(file.read_text() + "# changed\n")
    assert library.read([file], examples=examples).ruleset.clues == first.ruleset.clues


def test_what_is_known_of_many_patterns_outlives_the_loading_of_a_few(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def loaded(*patterns: str) -> set[str]:
        """What is known once rules of these patterns were loaded by a process of its own."""
        monkeypatch.setattr("cleaner.patterns._known", {})
        monkeypatch.setattr("cleaner.patterns._used", set())
        (tmp_path / "own.toml").write_text("".join(given.filled(rule(f"line = '{pattern}'", pattern)) for pattern in patterns))
        load([tmp_path / "own.toml"], shipped=False)
        return set(rulecache.read_patterns())

    assert loaded("a", "b", "c") == {"a", "b", "c"}
    assert loaded("d") == {"a", "b", "c", "d"}
    # By now most of it is of rules that nobody has any more.
    assert loaded("d", "e", "f") == {"d", "e", "f"}


def test_a_spoiled_cache_is_mended(tmp_path: Path, folder: Path) -> None:
    file = own(tmp_path, "x")
    first = load([file], shipped=False)
    wanted = tuple(first.rules)
    spoil(folder, b"{")
    assert tuple(load([file], shipped=False).rules) == wanted
    assert load([file], shipped=False).rules == wanted


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path: Path, folder: Path) -> None:
    folder.write_text("a file where the folder should be")
    assert load([own(tmp_path, "x")], shipped=False).rules[0].pattern == "x"
    assert folder.is_file()


def test_a_full_disk_leaves_nothing_behind(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "replace", full)
    rulecache.write("key", RULES)
    assert list(folder.iterdir()) == []


def test_several_writers_at_once(folder: Path, tmp_path: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from cleaner.loading import load\n"
        "print(load([Path(sys.argv[1])], shipped=False).rules[0].pattern)"
    )
    file = own(tmp_path, "x")
    running = [subprocess.Popen([sys.executable, "-c", program, str(file)], stdout=subprocess.PIPE, text=True) for _ in range(4)]
    assert [process.communicate()[0] for process in running] == ["x\n"] * 4
    assert sorted(
        file.name.partition("-")[0] for file in folder.iterdir() if file.name.startswith("patterns") or file.stat().st_size > 500
    ) == ["patterns", "rules"]


def test_folder_of_the_user(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DECHAFF_CACHE")
    assert "dechaff" in str(rulecache.folder())
