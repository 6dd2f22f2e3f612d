"""What is remembered of a hook's files must say what a whole run says, whatever changes in between."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from cleaner import cachefile, verdicts
from cleaner.cli import entry
from cleaner.project import Project
from cleaner.verdicts import Memory, recall
from command import Command, Done, runner
from given import ROOT, filled, rule

CLEAN = "The mill stands.\nIt is old now.\n"
LABEL = "The mill stands.\nAdvertisement\n"
BOLD = "The mill stands.\nSponsored: a boat\n"
LOFT = "The mill stands.\nVisit the loft\n"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_rules: Path) -> Path:
    """A project below which to stand, a cache, and a program that nobody has touched for long."""
    (tmp_path / "project" / "articles").mkdir(parents=True)
    monkeypatch.chdir(tmp_path / "project" / "articles")
    monkeypatch.setenv("DECHAFF_CACHE", str(tmp_path / "cache"))
    monkeypatch.setattr(cachefile, "SETTLED", -(10**20))
    write("../clean.toml", "")
    write("clean.txt", CLEAN)
    return tmp_path / "project"


@pytest.fixture
def hook(capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """The command as it is installed, with its memory."""
    return runner(capfd, monkeypatch, entry.main)


def write(name: str, content: str | bytes) -> None:
    Path(name).parent.mkdir(parents=True, exist_ok=True)
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)


def at_once(*words: str) -> bool:
    """Whether the memory alone answers."""
    memory = recall(list(words))
    return memory is not None and memory.knows_all()


# -- what is asked


@pytest.mark.parametrize(
    ("words", "names"),
    [
        ("--check a.txt b.txt", ["a.txt", "b.txt"]),
        ("--write --exit-non-zero-on-fix --force-exclude -- -a.txt", ["-a.txt"]),
        ("--check --profile aggressive --baseline=known.json a.txt", ["a.txt"]),
        ("-w --rules own --isolated a", ["a"]),
        ("--check --profile --check a.txt", ["a.txt"]),
        ("--check rules", ["rules"]),
        ("--check -- -- a", ["--", "a"]),
    ],
)
def test_command_lines_of_hooks(words: str, names: list[str]) -> None:
    memory = recall(words.split())
    assert memory
    assert memory.names == names


@pytest.mark.parametrize(
    "words",
    [
        "", "a.txt", "--check", "--check --", "--check -", "--check a.txt --diff", "--check -x a.txt", "--profile safe a.txt", "rules test a",
        "--check --statistics a.txt", "--check --format json a.txt", "--check --explain a.txt", "--check --no-cache a.txt",
        "--check --update-baseline --baseline x a.txt", "--check --from html a.txt", "--check --fix-encoding a.txt", "--check --profile",
        "--check --url https://a.b/ a.txt", "--diff a.txt", "files --check a.txt", "--check=x a.txt",
    ],
)  # fmt: skip
def test_any_other_command_line_is_for_the_whole_program(words: str) -> None:
    assert recall(words.split()) is None


def test_the_options_are_documented() -> None:
    page = (ROOT / "docs" / "hook.md").read_text("utf-8")
    assert [option for option in verdicts._SWITCHES | verdicts._VALUED if option != "-w" and f"`{option}`" not in page] == []


# -- what is answered


@pytest.mark.parametrize("words", ["--check", "--write --exit-non-zero-on-fix --force-exclude --", "-w --isolated"])
def test_the_second_run_loads_nothing(folder: Path, hook: Command, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    write("other.txt", "A mill.\r\nAn old one.\r\n")
    write("bom.txt", "The mill.\n".encode("utf-16"))
    write("empty.txt", "")
    names = ["clean.txt", "other.txt", "bom.txt", "empty.txt"]
    assert hook(*words.split(), *names) == Done(0, "", "")
    monkeypatch.setattr("cleaner.cli.app.run", None)
    assert hook(*words.split(), *names) == Done(0, "", "")
    assert hook(*words.split(), *names[1:]) == Done(0, "", "")


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.txt", LABEL), ("a.txt", "Blank  \n"), ("a.html", "<p>Hi</p>"), ("a.txt", "<html>Hi"), ("a.txt", b"\0"), ("a.txt", "Mühle\n".encode("latin-1"))],
)  # fmt: skip
def test_only_clean_text_that_is_read_by_our_own_rules_is_remembered(folder: Path, hook: Command, name: str, content: str | bytes) -> None:
    write(name, content)
    first = hook("--check", name, "clean.txt")
    assert not at_once("--check", name)
    assert at_once("--check", "clean.txt")
    assert hook("--check", name, "clean.txt") == first


def test_a_refused_file_is_refused_again(folder: Path, hook: Command) -> None:
    write("own/own.toml", filled(rule("line = '.*quarry.*'")))
    write("a.txt", "The quarry above the town was closed on Monday after all of the men who worked there had left it.\n")
    first = hook("--check", "--rules", "own", "a.txt")
    assert first.code == 2
    assert hook("--check", "--rules", "own", "a.txt") == first


def test_what_was_cleaned_in_place_is_looked_at_once_more(folder: Path, hook: Command) -> None:
    write("a.txt", LABEL)
    assert hook("--write", "a.txt").code == 0
    assert not at_once("--write", "a.txt")
    assert hook("--write", "a.txt").code == 0
    assert at_once("--write", "a.txt")


def test_a_whole_run_passes_over_what_it_knows(folder: Path, hook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    hook("--check", "clean.txt")
    write("a.txt", LABEL)
    cleaned: list[str] = []
    real = Project.clean
    monkeypatch.setattr(Project, "clean", lambda self, source, repair: cleaned.append(source.document.id) or real(self, source, repair))
    assert hook("--check", "clean.txt", "a.txt").code == 1
    assert cleaned == ["a.txt"]
    cleaned.clear()
    assert hook("--check", "--no-cache", "clean.txt").code == 0
    assert cleaned == ["clean.txt"]


def test_a_memory_of_other_files_is_not_used(folder: Path, hook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """Should the command line ever be understood in two ways, nothing is remembered."""
    monkeypatch.setattr(verdicts, "recall", lambda words: Memory(["--check"], ["quite-different.txt"]))
    hook("--check", "clean.txt")
    assert not list(Path(os.environ["DECHAFF_CACHE"]).glob("verdicts-*"))


# -- what changes

CHANGES: dict[str, tuple[Sequence[str], Callable[[], object], Callable[[], object]]] = {
    "the file": (["--check", "clean.txt"], lambda: None, lambda: write("clean.txt", LABEL)),
    "the file goes": (["--check", "clean.txt"], lambda: None, lambda: Path("clean.txt").unlink()),
    "the file becomes a folder": (["--check", "clean.txt"], lambda: None, lambda: (Path("clean.txt").unlink(), Path("clean.txt").mkdir())),
    "settings": (["--check", "a.txt"], lambda: write("a.txt", BOLD), lambda: write("../clean.toml", "profile = 'aggressive'\n")),
    "settings that are wrong": (["--check", "clean.txt"], lambda: None, lambda: write("../clean.toml", "profil = 'safe'\n")),
    "settings go": (
        ["--write", "--exit-non-zero-on-fix", "a.txt"],
        lambda: (write("a.txt", LABEL), write("../clean.toml", "ignore = ['ads']\n")),
        lambda: Path("../clean.toml").unlink(),
    ),
    "nearer settings": (["--check", "a.txt"], lambda: write("a.txt", BOLD), lambda: write("clean.toml", "profile = 'aggressive'\n")),
    "nearer settings beside those of others": (
        ["--check", "a.txt"],
        lambda: (write("a.txt", BOLD), write("pyproject.toml", "[tool.other]\n")),
        lambda: write("pyproject.toml", "[tool.clean]\nprofile = 'aggressive'\n"),
    ),
    "settings of the file": (
        ["--check", "a.txt"],
        lambda: (write("a.txt", LABEL), write("../clean.toml", "[per-file-ignores]\n'articles/a.txt' = ['ads']\n")),
        lambda: write("../clean.toml", "[per-file-ignores]\n'articles/b.txt' = ['ads']\n"),
    ),
    "excluded no longer": (
        ["--check", "--force-exclude", "a.txt"],
        lambda: (write("a.txt", LABEL), write("../clean.toml", "exclude = ['articles/a.*']\n")),
        lambda: write("../clean.toml", "exclude = []\n"),
    ),
    "a link leads to what is not excluded": (
        ["--check", "--force-exclude", "link.txt"],
        lambda: (
            write("old/a.txt", LABEL), write("new/a.txt", LABEL), write("../clean.toml", "exclude = ['articles/old']\n"), os.symlink("old/a.txt", "link.txt"),
        ),
        lambda: (Path("link.txt").unlink(), os.symlink("new/a.txt", "link.txt")),
    ),
    "a folder's link leads to what is not excluded": (
        ["--check", "--force-exclude", "link/a.txt"],
        lambda: (write("old/a.txt", LABEL), write("new/a.txt", LABEL), write("../clean.toml", "exclude = ['articles/old']\n"), os.symlink("old", "link")),
        lambda: (Path("link").unlink(), os.symlink("new", "link")),
    ),
    "a project's rule": (
        ["--check", "a.txt"],
        lambda: (write("a.txt", LOFT), write("../clean.toml", "rules = ['own.toml']\n"), write("../own.toml", filled(rule("line = 'visit us'")))),
        lambda: write("../own.toml", filled(rule("line = 'visit the loft'"))),
    ),
    "a rule given": (
        ["--check", "--rules", "own.toml", "a.txt"],
        lambda: (write("a.txt", LOFT), write("own.toml", filled(rule("line = 'visit us'")))),
        lambda: write("own.toml", filled(rule("line = 'visit the loft'"))),
    ),
    "a rule file more": (
        ["--check", "--rules=own", "a.txt"],
        lambda: (write("a.txt", LOFT), write("own/one.toml", filled(rule("line = 'visit us'")))),
        lambda: write("own/deep/two.toml", filled(rule("line = 'visit the loft'"))),
    ),
    "a rule file less": (
        ["--check", "--rules", "own", "a.txt"],
        lambda: (write("a.txt", LABEL), write("own/one.toml", filled(rule("line = 'x'"))), write("own/ads.toml", '[[rule]]\nid = "label"\nenabled = false\n')),
        lambda: Path("own/ads.toml").unlink(),
    ),
    "a shipped rule": (
        ["--check", "a.txt"],
        lambda: write("a.txt", LOFT),
        lambda: write(f"{shipped()}/ads.toml", filled(rule("line = 'advertisement|visit the loft'", "label"))),
    ),
    "a shipped rule more": (["--check", "a.txt"], lambda: write("a.txt", LOFT), lambda: write(f"{shipped()}/x/l.toml", filled(rule("line = 'visit the loft'")))),
    "a line to keep": (
        ["--check", "a.txt"],
        lambda: (write("a.txt", LABEL), write("../clean-protect.txt", "advertisement\n")),
        lambda: write("../clean-protect.txt", "another\n"),
    ),
    "the lines to keep go": (
        ["--check", "a.txt"],
        lambda: (write("a.txt", LABEL), write("../clean-protect.txt", "advertisement\n")),
        lambda: Path("../clean-protect.txt").unlink(),
    ),
    "lines to keep that cannot be read come": (["--check", "clean.txt"], lambda: None, lambda: write("../clean-protect.txt", b"\xff\n")),
    "the baseline": (
        ["--check", "--baseline", "known.json", "a.txt"],
        lambda: (write("a.txt", LABEL), write("known.json", '{"form": 1, "findings": {"a.txt": [["ads/label", "Advertisement"]]}}')),
        lambda: write("known.json", '{"form": 1, "findings": {"b.txt": [["ads/label", "Advertisement"]]}}'),
    ),
    "the baseline goes": (
        ["--check", "--baseline", "known.json", "clean.txt"],
        lambda: write("known.json", '{"form": 1, "findings": {}}'),
        lambda: Path("known.json").unlink(),
    ),
    "the folder": (
        ["--check", "clean.txt"],
        lambda: None,
        lambda: (write("../other/clean.txt", BOLD), write("../other/clean.toml", "profile = 'aggressive'\n"), os.chdir("../other")),
    ),
}  # fmt: skip


def shipped() -> Path:
    from cleaner.rulefiles import shipped_folder

    return shipped_folder()


@pytest.mark.parametrize("change", CHANGES)
def test_a_change_is_seen(folder: Path, hook: Command, command: Command, change: str) -> None:
    words, before, then = CHANGES[change]
    before()
    assert hook(*words) == Done(0, "", "")
    assert at_once(*words)
    then()
    seen, fresh = hook(*words), command(*words)
    if "--write" not in words:
        assert seen == fresh
    assert seen.code != 0
    assert hook(*words).code == (0 if "--write" in words else seen.code)


def test_what_was_known_before_a_change_is_forgotten(folder: Path, hook: Command) -> None:
    check = ("--check", "--rules", "own.toml")
    write("a.txt", LOFT)
    write("own.toml", filled(rule("line = 'visit us'")))
    assert hook(*check, "a.txt").code == 0
    write("own.toml", filled(rule("line = 'visit the loft'")))
    assert hook(*check, "clean.txt").code == 0
    assert at_once(*check, "clean.txt")
    assert hook(*check, "a.txt").code == 1


@pytest.mark.parametrize("other", ["--profile aggressive", "--select share", "--rules own.toml", "--baseline known.json"])
def test_another_command_line_is_another_question(folder: Path, hook: Command, command: Command, other: str) -> None:
    write("a.txt", BOLD)
    write("own.toml", filled(rule("line = 'sponsored: .*'")))
    write("known.json", "{}")
    assert hook("--check", "a.txt").code == 0
    assert hook("--check", *other.split(), "a.txt") == command("--check", *other.split(), "a.txt")


TEXTS = [CLEAN, LABEL, BOLD, LOFT, "Share this\n", "Blank  \n", "", None]
SETTINGS = [
    "", "profile = 'aggressive'\n", "ignore = ['ads']\n", "exclude = ['a.*']\n", "rules = ['own']\n", "protect = 'keep'\nrules = ['own']\n",
    "[per-file-profiles]\n'b.txt' = 'aggressive'\n", "[per-file-ignores]\n'a.txt' = ['ads', 'share']\n", "wrong",
]  # fmt: skip
OWN = ["line = 'visit the loft'", "line = 'it is .*'\nconfidence = 'aggressive'", "line = 'x'"]
LINES = [
    "--check a.txt b.txt", "--check --force-exclude a.txt b.txt", "--check a.txt", "--check --profile aggressive -- b.txt", "--check --ignore ads b.txt",
    "--write --exit-non-zero-on-fix a.txt b.txt", "--write --force-exclude -- a.txt", "-w --isolated a.txt b.txt", "--check --baseline known.json a.txt b.txt",
]  # fmt: skip
EDITS = st.one_of(
    st.tuples(st.sampled_from(["a.txt", "b.txt"]), st.sampled_from(TEXTS)),
    st.tuples(st.just("../clean.toml"), st.sampled_from([*SETTINGS, None])),
    st.tuples(st.just("../own/own.toml"), st.sampled_from([filled(rule(each)) for each in OWN])),
    st.tuples(st.sampled_from(["../keep", "../clean-protect.txt"]), st.sampled_from(["advertisement\n", "visit the loft\n", "", None])),
    st.tuples(st.just("known.json"), st.sampled_from(['{"form": 1, "findings": {"a.txt": [["ads/label", "Advertisement"]]}}', "{}", None])),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=15)
@given(st.lists(st.tuples(st.lists(EDITS, max_size=2), st.sampled_from(LINES)), min_size=3, max_size=8))
def test_any_sequence_of_edits_and_runs_says_what_whole_runs_say(
    folder: Path, hook: Command, command: Command, steps: list[tuple[list[tuple[str, str | None]], str]]
) -> None:
    for name in ("a.txt", "b.txt"):
        write(name, CLEAN)
    write("../own/own.toml", filled(rule(OWN[2])))
    for edits, line in steps:
        for name, content in edits:
            Path(name).unlink(missing_ok=True)
            if content is not None:
                write(name, content)
        before = files()
        fresh, left = command(*line.split()), files()
        for name, data in before.items():
            write(name, data)
        assert hook(*line.split()) == fresh
        assert files() == left


def files() -> dict[str, bytes]:
    return {name: Path(name).read_bytes() for name in ("a.txt", "b.txt") if Path(name).exists()}


# -- the memory itself


def known(*marks: bytes) -> Memory:
    """Store the marks, and return the memory that holds them."""
    memory = Memory(["--check"], ["clean.txt"])
    memory.rests_on([])
    for mark in marks:
        memory.learn(mark)
    memory.keep()
    return Memory(["--check"], ["clean.txt"])


def number(value: int) -> bytes:
    return value.to_bytes(16, "big")


def test_damage_is_seen(folder: Path, hook: Command) -> None:
    hook("--check", "clean.txt")
    (file,) = Path(os.environ["DECHAFF_CACHE"]).glob("verdicts-*.bin")
    whole = file.read_bytes()
    for at in range(0, len(whole), 7):
        for damaged in (whole[:at], whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :]):
            file.write_bytes(damaged)
            assert not at_once("--check", "clean.txt")
    assert hook("--check", "clean.txt") == Done(0, "", "")
    assert at_once("--check", "clean.txt")


def test_a_cache_that_cannot_be_is_done_without(folder: Path, hook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    write("file", "")
    monkeypatch.setenv("DECHAFF_CACHE", str(Path("file", "cache").absolute()))
    for _ in range(2):
        assert hook("--check", "clean.txt") == Done(0, "", "")
    shutil.rmtree(folder / "articles")
    assert recall(["--check", "clean.txt"]) is None


def test_what_two_runs_learn_at_once_is_kept(folder: Path) -> None:
    one, two = Memory(["--check"], ["a"]), Memory(["--check"], ["b"])
    for at, memory in enumerate((one, two)):
        memory.rests_on([])
        assert not memory.knows(number(at))
        memory.learn(number(at))
    one.keep()
    two.keep()
    memory = Memory(["--check"], ["c"])
    memory.rests_on([])
    assert [memory.knows(number(at)) for at in range(3)] == [True, True, False]


def test_old_verdicts_go(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verdicts, "_MOST_VERDICTS", 3)
    known(number(1), number(2), number(3))
    memory = known()
    memory.rests_on([])
    assert memory.knows(number(1))
    memory.learn(number(4))
    memory.keep()
    memory = known()
    memory.rests_on([])
    assert [memory.knows(number(at)) for at in range(1, 5)] == [True, False, True, True]


def test_old_memories_go(folder: Path, monkeypatch: pytest.MonkeyPatch, hook: Command) -> None:
    monkeypatch.setattr(verdicts, "_MOST_MEMORIES", 2)
    for at, line in enumerate(("--check", "--write", "--check --isolated")):
        hook(*line.split(), "clean.txt")
        for file in Path(os.environ["DECHAFF_CACHE"]).glob("verdicts-*"):
            os.utime(file, ns=(0, file.stat().st_mtime_ns - 10**9))
        assert at_once(*line.split(), "clean.txt"), at
    assert not at_once("--check", "clean.txt")
    assert at_once("--write", "clean.txt")


def test_nothing_is_stored_if_what_it_rests_on_changed_meanwhile(folder: Path) -> None:
    memory = Memory(["--check"], ["clean.txt"])
    memory.rests_on([Path("own.toml")])
    memory.learn(number(1))
    write("own.toml", "")
    memory.keep()
    assert not known()._stored()[1]


def test_nothing_is_stored_while_the_program_is_being_edited(folder: Path, hook: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cachefile, "SETTLED", 2_000_000_000)
    hook("--check", "clean.txt")
    assert not at_once("--check", "clean.txt")
    old = folder.stat().st_mtime_ns - 10**12
    for file in shipped().iterdir():
        os.utime(file, ns=(old, old))
    hook("--check", "clean.txt")
    assert not at_once("--check", "clean.txt"), "a time of change can be set back, but not the time of that"


@pytest.mark.parametrize("part", ["cleaner.verdicts._PROGRAM", "regex.__file__"])
def test_another_program_asks_again(folder: Path, hook: Command, monkeypatch: pytest.MonkeyPatch, part: str) -> None:
    write("program/deep/find.py", "x = 1")
    monkeypatch.setattr(part, str(Path("program", "__init__.py" if "file" in part else "").absolute()))
    hook("--check", "clean.txt")
    write("program/__pycache__/find.pyc", "")
    assert at_once("--check", "clean.txt")
    write("program/deep/find.py", "x = 2 ")
    assert not at_once("--check", "clean.txt")


def test_what_can_be_read_only_once_is_left_to_the_run(folder: Path) -> None:
    known(Memory(["--check"], []).mark("clean.txt", CLEAN.encode()))
    os.mkfifo("pipe")
    assert Memory(["--check"], ["clean.txt"]).knows_all()
    assert not Memory(["--check"], ["clean.txt", "pipe"]).knows_all()
