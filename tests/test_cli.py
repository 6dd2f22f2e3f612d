"""The command line: what goes where, and how it ends. A few runs are of the real command, most are in this process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import given
from cleaner.cli import entry
from cleaner.cli.app import app, fail, mistyped, names
from cleaner.errors import CleanError, ConfigError, RuleError, WriteError
from given import LONG, PROSE

DIRTY = "The mill stands.\nAdvertisement\nIt is old (share) now.\n"
CLEAN = "The mill stands.\nIt is old now.\n"

pytestmark = pytest.mark.usefixtures("few_rules")


@pytest.fixture(autouse=True)
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, few_rules: Path) -> Path:
    """An empty project to stand in."""
    folder = tmp_path / "project"
    folder.mkdir()
    monkeypatch.chdir(folder)
    return folder


def clean(*arguments: str, stdin: bytes | str | None = None) -> Result:
    return CliRunner().invoke(app, list(arguments), input=stdin, prog_name="clean")


def write(name: str, content: str | bytes = DIRTY) -> str:
    Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
    return name


class TestOutput:
    def test_cleaned_text_and_nothing_else(self) -> None:
        done = clean(write("a.txt"))
        assert (done.stdout, done.stderr, done.exit_code) == (CLEAN, "", 0)

    def test_several_files_in_order(self) -> None:
        assert clean(write("b.txt", "b\n"), write("a.txt", "a\n")).stdout == "b\na\n"

    def test_stdin(self) -> None:
        assert clean("-", stdin=DIRTY).stdout == CLEAN

    def test_no_arguments_in_a_pipe_is_stdin(self) -> None:
        assert clean(stdin=DIRTY).stdout == CLEAN

    def test_files_may_be_said(self) -> None:
        assert clean("files", write("a.txt")).stdout == CLEAN

    def test_to_a_file(self) -> None:
        done = clean(write("a.txt"), write("b.txt", "b\n"), "-o", "out.txt")
        assert (done.stdout, done.exit_code) == ("", 0)
        assert Path("out.txt").read_text() == CLEAN + "b\n"

    def test_html_by_content_name_and_option(self) -> None:
        page = (
            "<html><head><title>Mill</title></head><body><article>"
            + "".join(f"<p>{line}</p>" for line in given.paragraphs(4))
            + "</article></body></html>"
        )
        wanted = given.text("Mill", *given.paragraphs(4))
        assert clean(write("page", page)).stdout == wanted
        assert clean("-", "--from", "html", stdin=page).stdout == wanted
        assert clean("page", "--from", "text").stdout == page + "\n"

    def test_a_page_without_content_is_mentioned(self) -> None:
        done = clean(write("a.html", "<html><body></body></html>"))
        assert (done.stdout, done.exit_code) == ("", 0)
        assert "a.html: no main content found" in done.stderr

    def test_url(self) -> None:
        Path("own.toml").write_text(given.filled(given.rule("line = 'the mill stands.'\nsites = ['example.com']")))
        assert clean(write("a.txt"), "--rules", "own.toml", "--url", "https://www.example.com/x").stdout == "It is old now.\n"
        assert clean("a.txt", "--rules", "own.toml", "--url", "https://example.org/x").stdout == CLEAN

    def test_fix_encoding(self) -> None:
        assert clean(write("a.txt", "sÃ¶ “so”\n"), "--fix-encoding").stdout == "sö “so”\n"


class TestReports:
    def test_check(self) -> None:
        done = clean(write("a.txt"), "--check")
        assert (done.stdout, done.exit_code) == ("", 1)
        assert done.stderr.splitlines() == ["a.txt:2: [ads/label] Advertisement", "a.txt:3: [share/span] (share)"]
        assert Path("a.txt").read_text() == DIRTY

    def test_check_of_clean_text(self) -> None:
        done = clean(write("a.txt", CLEAN), "--check")
        assert (done.stdout, done.stderr, done.exit_code) == ("", "", 0)

    def test_check_tells_of_white_space(self) -> None:
        done = clean(write("a.txt", "a \n"), "--check")
        assert done.exit_code == 1
        assert done.stderr == "a.txt: white space or invisible characters would be normalized\n"

    def test_diff(self) -> None:
        done = clean(write("a.txt"), "--diff")
        assert done.exit_code == 1
        assert done.stdout.splitlines()[:2] == ["--- a.txt (before)", "+++ a.txt (after)"]
        assert "-Advertisement" in done.stdout.splitlines()
        assert "\033" not in done.stdout
        assert (clean(write("b.txt", CLEAN), "--diff").stdout, clean("b.txt", "--diff").exit_code) == ("", 0)

    def test_explain(self) -> None:
        done = clean(write("a.txt"), "--explain")
        assert (done.stdout, done.exit_code) == (CLEAN, 0)
        assert done.stderr.splitlines()[:2] == ["a.txt:2: [ads/label] Advertisement", "    rules/ads.toml:1: A label."]

    def test_json(self) -> None:
        done = clean(write("a.txt"), write("b.txt", "b\n"), "--format", "json")
        first, second = map(json.loads, done.stdout.splitlines())
        assert (first["id"], first["text"], first["changed"]) == ("a.txt", CLEAN, True)
        assert [removal["rule"] for removal in first["removals"]] == ["ads/label", "share/span"]
        assert (second["text"], second["removals"]) == ("b\n", [])
        assert (done.stderr, done.exit_code) == ("", 0)

    def test_json_with_check(self) -> None:
        done = clean(write("a.txt"), "--format", "json", "--check")
        assert json.loads(done.stdout)["text"] == CLEAN
        assert done.exit_code == 1

    def test_statistics(self) -> None:
        done = clean(write("a.txt"), "missing.txt", "--statistics")
        assert done.stdout == CLEAN
        assert "2 documents: 1 cleaned, 0 unchanged, 0 refused, 1 failed, 0 skipped" in done.stderr
        assert "     1    ads/label" in done.stderr

    def test_stdin_filename(self) -> None:
        assert clean("-", "--stdin-filename", "x/mail.txt", "--check", stdin=DIRTY).stderr.startswith("x/mail.txt:2: ")


class TestRules:
    def test_select_and_ignore(self) -> None:
        write("a.txt")
        assert clean("a.txt", "--select", "ads").stdout == "The mill stands.\nIt is old (share) now.\n"
        assert clean("a.txt", "--select", "ads,share/span").stdout == CLEAN
        assert clean("a.txt", "--ignore", "ads", "--ignore", "share/*").stdout == DIRTY

    def test_own_rules_and_folders_of_them(self) -> None:
        Path("own").mkdir()
        Path("own/my.toml").write_text(given.filled(given.rule("line = 'the mill stands.'")))
        assert clean(write("a.txt"), "--rules", "own").stdout == "It is old now.\n"
        assert clean("a.txt", "--rules", "own/my.toml").stdout == "It is old now.\n"

    def test_profile(self) -> None:
        write("a.txt", "Sponsored: a\nb\n")
        assert clean("a.txt").stdout == "Sponsored: a\nb\n"
        assert clean("a.txt", "--profile", "aggressive").stdout == "b\n"

    def test_max_removed(self) -> None:
        Path("own.toml").write_text(given.filled(given.rule("line = 'the council met.*'")))
        write("a.txt", f"{PROSE}\n{LONG}\n")
        done = clean("a.txt", "--rules", "own.toml")
        assert (done.stdout, done.exit_code) == (f"{PROSE}\n{LONG}\n", 2)
        assert "a.txt: refused, left as it was: 68% of the prose would go" in done.stderr
        assert clean("a.txt", "--rules", "own.toml", "--max-removed", "0.9").stdout == f"{PROSE}\n"

    def test_a_refused_file_is_not_written(self) -> None:
        Path("own.toml").write_text(given.filled(given.rule("line = 'the council met.*'")))
        write("a.txt", f"{PROSE} \n{LONG}\n")
        assert clean("a.txt", "--rules", "own.toml", "--write").exit_code == 2
        assert Path("a.txt").read_text() == f"{PROSE} \n{LONG}\n"


class TestConfig:
    def test_of_the_project(self) -> None:
        write("clean.toml", "ignore = ['ads']\n")
        assert "Advertisement" in clean(write("a.txt")).stdout
        assert clean("a.txt", "--isolated").stdout == CLEAN

    def test_options_add_to_ignore_and_replace_select(self) -> None:
        write("clean.toml", "ignore = ['ads']\nselect = ['ads', 'share']\n")
        write("a.txt")
        assert clean("a.txt", "--ignore", "share").stdout == DIRTY
        assert clean("a.txt", "--select", "ads").stdout == DIRTY

    def test_per_file(self) -> None:
        write("clean.toml", "[per-file-ignores]\n'a.*' = ['ads']\n[per-file-profiles]\n'b.*' = 'aggressive'\n")
        assert "Advertisement" in clean(write("a.txt")).stdout
        assert clean(write("b.txt", "Sponsored: x\nAdvertisement\nb\n")).stdout == "b\n"

    def test_excluded_files_are_cleaned_when_named_unless_forced(self) -> None:
        write("clean.toml", "exclude = ['a.txt']\n")
        assert clean(write("a.txt")).stdout == CLEAN
        assert clean("a.txt", "--force-exclude").stdout == ""

    def test_budget_and_rules_of_the_project(self) -> None:
        write("own.toml", given.filled(given.rule("line = 'the council met.*'")))
        write("clean.toml", "rules = ['own.toml']\nmax-removed = 0.9\n")
        assert clean(write("a.txt", f"{PROSE}\n{LONG}\n")).stdout == f"{PROSE}\n"


class TestWrite:
    def test_in_place(self) -> None:
        done = clean(write("a.txt"), "--write")
        assert (done.stdout, done.stderr, done.exit_code) == ("", "", 0)
        assert Path("a.txt").read_text() == CLEAN

    def test_exit_non_zero_on_fix(self) -> None:
        assert clean(write("a.txt"), "--write", "--exit-non-zero-on-fix").exit_code == 1
        assert clean("a.txt", "--write", "--exit-non-zero-on-fix").exit_code == 0

    def test_an_unchanged_file_is_not_touched(self) -> None:
        write("a.txt", CLEAN)
        before = Path("a.txt").stat()
        clean("a.txt", "--write")
        assert Path("a.txt").stat() == before

    def test_crlf_and_encoding_stay(self) -> None:
        write("a.txt", "Größe\r\nAdvertisement\r\nFlüße und Bäche über den Hügeln\r\n".encode("latin-1"))
        clean("a.txt", "--write")
        assert Path("a.txt").read_bytes() == "Größe\r\nFlüße und Bäche über den Hügeln\r\n".encode("latin-1")

    def test_html_is_never_written_in_place(self) -> None:
        write("a.html", "<html><body><p>x</p></body></html>")
        done = clean("a.html", "--write")
        assert done.exit_code == 2
        assert "is HTML, which is never rewritten" in done.stderr
        assert Path("a.html").read_text().startswith("<html>")


class TestBadInput:
    """One clear line on stderr each, exit 2, and the good files are still cleaned."""

    @pytest.mark.parametrize(
        ("name", "content", "message"),
        [
            ("missing.txt", None, "clean: missing.txt: no such file"),
            (".", None, "clean: .: is a folder; name its files"),
            ("x.bin", b"\x00\x01", "clean: x.bin: is binary, not text"),
            ("x.pdf", b"%PDF-1.4", "clean: x.pdf: is binary, not text"),
            ("x.txt", b"\xff\xfea", "clean: x.txt: begins as utf-16-le but byte 2 does not fit"),
        ],
    )
    def test_is_told(self, name: str, content: bytes | None, message: str) -> None:
        if content is not None:
            write(name, content)
        done = clean(name, write("good.txt", "a\n"))
        assert (done.stdout, done.exit_code) == ("a\n", 2)
        assert done.stderr.startswith(message)
        assert len(done.stderr.splitlines()) == 1

    def test_of_an_empty_file_there_is_no_text_to_give(self) -> None:
        done = clean(write("a.txt", ""), write("good.txt", "a\n"))
        assert (done.stdout, done.exit_code) == ("a\n", 2)
        assert done.stderr == "clean: a.txt: is empty, there is nothing to clean\n"

    @pytest.mark.parametrize("act", ["--check", "--write", "--diff"])
    def test_an_empty_file_is_nothing_to_a_hook(self, act: str) -> None:
        done = clean(write("a.txt", ""), act)
        assert (done.stdout, done.stderr, done.exit_code) == ("", "", 0)
        assert Path("a.txt").read_bytes() == b""

    def test_wrong_wins_over_would_change(self) -> None:
        assert clean(write("a.txt"), "missing.txt", "--check").exit_code == 2

    @pytest.mark.parametrize("pair", [("--write", "--check"), ("--diff", "--check"), ("--write", "-o=x")])
    def test_what_excludes_each_other(self, pair: tuple[str, str]) -> None:
        assert isinstance(clean(write("a.txt"), *pair).exception, ConfigError)

    @pytest.mark.parametrize(
        ("options", "error"),
        [
            (["--select", "adz"], ConfigError),
            (["--ignore", "adz"], ConfigError),
            (["--profile", "agressive"], ConfigError),
            (["--rules", "none.toml"], ConfigError),
            (["--rules", "broken.toml"], RuleError),
            (["-o", "no/such/folder.txt"], WriteError),
        ],
    )
    def test_what_is_wrong_with_the_run_stops_it(self, options: list[str], error: type[CleanError]) -> None:
        write("broken.toml", "[[rule]]\nid = 'a'\nlin = 'x'\n")
        done = clean(write("a.txt"), *options)
        assert type(done.exception) is error
        assert done.stdout == ""

    @pytest.mark.parametrize("options", [["--nope"], ["--max-removed", "2"], ["--format", "xml"], ["--from", "pdf"]])
    def test_usage(self, options: list[str]) -> None:
        done = clean(write("a.txt"), *options)
        assert (done.stdout, done.exit_code) == ("", 2)

    def test_a_rule_that_runs_too_long(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("cleaner.phrases.TIMEOUT", 0.01)
        write("slow.toml", given.filled(given.rule("line = '(?:a|aa)+'")))
        done = clean(write("a.txt", "a" * 300 + "!a\n"), "--rules", "slow.toml")
        assert done.exit_code == 2
        assert "clean: a.txt: rule slow/a ran longer than 0.01 s" in done.stderr


class TestCommands:
    def test_a_mistyped_command_is_told_what_it_may_mean(self) -> None:
        done = clean("rulez")
        assert done.exit_code == 2
        assert 'clean: rulez: no such file; did you mean the command "clean rules"?' in done.stderr

    @pytest.mark.parametrize("name", ["rules.txt", "a/rules", "quite-different"])
    def test_a_missing_file_is_only_missing(self, name: str) -> None:
        assert mistyped(name) == ""

    def test_version_and_help(self) -> None:
        assert clean("--version").stdout.startswith("clean 0.")
        assert "FILE" in clean("files", "--help").stdout
        assert "clean FILE" in clean("--help").stdout

    def test_fail_prints_every_line_after_the_name(self, capsys: pytest.CaptureFixture[str]) -> None:
        fail("one\ntwo")
        assert capsys.readouterr().err == "clean: one\nclean: two\n"


# -- the command itself

CLI = [sys.executable, "-c", "from cleaner.cli.app import run; run()"]


def real(*arguments: str, stdin: bytes = b"", **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run([*CLI, *arguments], input=stdin, capture_output=True, check=False, timeout=120, env={**os.environ, **environment})


class TestReal:
    """With the shipped rules, as people run it."""

    def test_pipe(self) -> None:
        done = real(stdin="Die Brücke ist zu.\nYour email address will not be published.\n".encode(), PYTHONIOENCODING="ascii", LC_ALL="C")
        assert (done.stdout.decode(), done.stderr, done.returncode) == ("Die Brücke ist zu.\n", b"", 0)

    def test_exit_codes_and_one_line_for_each_error(self) -> None:
        write("a.txt", "A mill.\nYour email address will not be published.\n")
        write("broken.toml", "[[rule]]\nid = 'a'\nlin = 'x'\n")
        assert real("a.txt", "--check").returncode == 1
        for arguments in (
            ["missing.txt"],
            ["a.txt", "--rules", "broken.toml", "--select", "x"],
            ["a.txt", "--profile", "x"],
            ["a.txt", "-o", "no/x"],
        ):
            done = real(*arguments)
            assert (done.returncode, done.stdout) == (2, b""), arguments
            assert done.stderr.startswith(b"clean: "), arguments
            assert b"Traceback" not in done.stderr, arguments

    @pytest.mark.parametrize("unbuffered", ["", "1"])
    def test_a_reader_that_goes_away_is_no_error(self, unbuffered: str) -> None:
        write("a.txt", "A mill by the river.\n" * 50_000)
        environment = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
        with subprocess.Popen([*CLI, "a.txt"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment) as process:
            assert process.stdout
            process.stdout.readline()
            process.stdout.close()
            assert process.wait(60) == 0
            assert process.stderr
            assert process.stderr.read() == b""

    def test_interrupt_while_writing(self) -> None:
        """The process is stopped inside the writing of the file, and ^C comes then."""
        write("a.txt", DIRTY)
        program = (
            # A job in the background of a script is born deaf to ^C, and so would be its children.
            "import signal, sys, time\nsignal.signal(signal.SIGINT, signal.default_int_handler)\nimport cleaner.writers as writers\n"
            "def slow(*args):\n    print('writing', file=sys.stderr, flush=True)\n    time.sleep(60)\n"
            "writers.os.fsync = slow\nsys.argv = ['clean', 'a.txt', '--write']\n"
            "from cleaner.cli.app import run\nrun()\n"
        )
        write("a.txt", "A mill.\nYour email address will not be published.\n")
        with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.PIPE, text=True) as process:
            assert process.stderr
            assert process.stderr.readline() == "writing\n"
            time.sleep(0.1)
            process.send_signal(signal.SIGINT)
            try:
                assert process.wait(30) == 130
            finally:
                process.kill()
            assert "Traceback" not in process.stderr.read()
        assert Path("a.txt").read_text() == "A mill.\nYour email address will not be published.\n"
        assert sorted(path.name for path in Path().iterdir()) == ["a.txt"]

    @pytest.mark.parametrize(
        "early", ["cleaner.verdicts.recall", "cleaner.cli.app.run", "typer.core.TyperGroup.parse_args", "typer.core.TyperGroup.invoke"]
    )
    def test_interrupt_before_anything_is_read(
        self, early: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
    ) -> None:
        def interrupted(*_: object, **__: object) -> None:
            raise KeyboardInterrupt

        monkeypatch.setattr(early, interrupted)
        monkeypatch.setattr(sys, "argv", ["clean", "a.txt"])
        with pytest.raises(SystemExit) as ending:
            entry.main()
        assert ending.value.code == 130
        assert capsys.readouterr() == ("", "clean: stopped\n")

    def test_as_a_module(self) -> None:
        write("a.txt", DIRTY)
        done = subprocess.run([sys.executable, "-m", "cleaner", "a.txt"], capture_output=True, check=True)
        assert done.stdout == real("a.txt").stdout
        asked = subprocess.run([sys.executable, "-m", "cleaner", "--help"], capture_output=True, check=True)
        assert asked.stdout.startswith(b"Usage: clean ")

    @pytest.mark.parametrize(("words", "count", "wanted"), [("clean ru", "1", "rules"), ("clean a.txt --sel", "2", "--select")])
    def test_completion(self, words: str, count: str, wanted: str) -> None:
        done = real(_CLEAN_COMPLETE="complete_bash", COMP_WORDS=words, COMP_CWORD=count)
        assert wanted in done.stdout.decode().split()

    def test_completion_script(self) -> None:
        done = real(_CLEAN_COMPLETE="source_bash")
        assert done.returncode == 0
        assert b"_CLEAN_COMPLETE=complete_bash" in done.stdout

    def test_read_only_file(self) -> None:
        write("a.txt", "A mill.\nYour email address will not be published.\n")
        Path("a.txt").chmod(0o444)
        done = real("a.txt", "--write")
        assert (done.returncode, done.stderr) == (2, b"clean: a.txt: is read-only; nothing was written\n")


def test_options_are_told_apart_from_what_they_are_called() -> None:
    assert names(["a, b", "c,", ","]) == ("a", "b", "c")
    assert names(None) == ()
