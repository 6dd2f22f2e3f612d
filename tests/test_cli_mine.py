from __future__ import annotations

import io
import json
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

import given
from command import Command
from dumps import dump, page

HEAD = ["Harbour and valley courier", "Letters to the pilot"]

pytestmark = pytest.mark.usefixtures("small_library")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def rules(path: str = "mined.toml") -> list[dict[str, object]]:
    return list(tomllib.loads(Path(path).read_text("utf-8")).get("rule", []))


# -- mine


def test_rules_evidence_and_page_are_written(command: Command) -> None:
    dump(Path("a.jsonl"), [page(number, HEAD) for number in range(6)])
    done = command("mine", "a.jsonl", "-o", "out/mined.toml")
    assert done.code == 0
    assert done.out == ""
    assert "6 documents in 1 groups, 0 copies set aside, 0 failed" in done.err
    (rule,) = rules("out/mined.toml")
    assert (rule["removes"], rule["confidence"], rule["sites"]) == (HEAD, "report", ["one.example"])
    record = json.loads(Path("out/mined.evidence.json").read_text("utf-8"))
    assert record["candidates"][0]["evidence"]["documents"] == 6
    shown = Path("out/mined.html").read_text("utf-8")
    assert "Harbour and valley courier" in shown
    assert "clean mine --review mined.toml" in shown


def test_what_is_proposed_passes_the_checks_of_rules(command: Command) -> None:
    tail = ["It's a \"quoted\" line, isn't it?", "Edition 7 of the courier (c) *", "Sport", "Edited by Ada Lind"]
    dump(Path("a.jsonl"), [page(number, HEAD, tail) for number in range(6)])
    assert command("mine", "a.jsonl").code == 0
    assert len(rules()) > 1
    assert command("rules", "test", "mined.toml").code == 0
    assert command("rules", "lint", "mined.toml").code == 0


def test_a_proposed_rule_does_not_edit(command: Command) -> None:
    dump(Path("a.jsonl"), [page(number, HEAD) for number in range(6)])
    command("mine", "a.jsonl")
    Path("b.txt").write_text(page(90, HEAD).text)
    assert command("b.txt", "--url", "https://one.example/90", "--rules", "mined.toml").out == page(90, HEAD).text


def test_review_and_mine_again(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    dump(Path("a.jsonl"), [page(number, HEAD, ["Heard on the quay this morning"]) for number in range(6)])
    command("mine", "a.jsonl")
    monkeypatch.setattr("sys.stdin", io.StringIO("a\nr\n"))
    done = command("mine", "--review", "mined.toml")
    assert "1 accepted, 1 rejected, 0 still to decide" in done.err
    accepted = rules()
    assert "confidence" not in accepted[0]
    done = command("mine", "a.jsonl")
    assert "nothing to propose" in done.err
    assert rules() == accepted
    assert "nothing is left to decide" in command("mine", "--review", "mined.toml").err


def test_a_file_that_is_in_use_is_mined_again(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    dump(Path("a.jsonl"), [page(number, HEAD, ["Heard on the quay this morning"]) for number in range(6)])
    command("mine", "a.jsonl")
    Path("clean.toml").write_text('rules = ["mined.toml"]\n')
    first = rules()
    assert len(first) == 2
    command("mine", "a.jsonl")
    assert rules() == first
    monkeypatch.setattr("sys.stdin", io.StringIO("a\nq\n"))
    command("mine", "--review", "mined.toml")
    command("mine", "a.jsonl")
    assert [("confidence" in rule, rule["id"]) for rule in rules()] == [(False, first[0]["id"]), (True, first[1]["id"])]


def test_review_with_an_editor(command: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    dump(Path("a.jsonl"), [page(number, HEAD) for number in range(6)])
    command("mine", "a.jsonl")
    monkeypatch.setenv("VISUAL", "sed -i s/valley/hill/")
    monkeypatch.setattr("sys.stdin", io.StringIO("e\n"))
    assert "1 accepted" in command("mine", "--review", "mined.toml").err
    assert "harbour and hill courier" in str(rules()[0]["line"])
    monkeypatch.setenv("VISUAL", "no-such-editor")


def test_groups_of_files_without_addresses(command: Command) -> None:
    for number in range(6):
        folder = Path("in", "one" if number < 5 else "two")
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{number}.txt").write_text(page(number, HEAD).text)
    assert "no document has an address: try --group-by dir" in command("mine", "in").err
    done = command("mine", "in", "--group-by", "dir")
    assert done.code == 0
    (rule,) = rules()
    assert "sites" not in rule


def test_pages_give_rules_for_elements(command: Command) -> None:
    from test_mining_elements import BOX, markup

    records = [
        {"url": f"https://one.example/{number}", "html": markup(number, f'<div class="friend-box"><p>{BOX} Read on.</p></div>')}
        for number in range(5)
    ]
    Path("a.jsonl").write_text("".join(json.dumps(record) + "\n" for record in records))
    assert command("mine", "a.jsonl", "--html-field", "html").code == 0
    found = [rule for rule in rules() if "html" in rule]
    assert [rule["html"] for rule in found] == [{"css": ["div.friend-box"]}]
    assert command("rules", "test", "mined.toml").code == 0


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["mine"], "name what to mine"),
        (["mine", "none.jsonl"], "no such file"),
        (["mine", "-", "-o", "x.toml"], "reads its sources twice"),
        (["mine", ".", "--group-by", "sit"], 'did you mean "site"'),
        (["mine", ".", "--group-by", "field"], "--group-by field:..."),
        (["mine", ".", "--review", "x.toml"], "two steps"),
        (["mine", "--review", "x.toml"], "make it with `clean mine`"),
        (["impact", "shipped", "none", "."], "neither a rule file, nor a folder, nor a git revision"),
        (["impact", "shipped", "shipped", ".", "--fail-over", "lots"], '"lots" is no share'),
        (["suggest", "a.txt", "--remove", "Nothing like it"], 'has no line "Nothing like it"'),
        (["suggest", "a.txt", "--remove", "..."], "is not one line of words"),
    ],
)
def test_wrong_use_is_answered_with_what_to_do(command: Command, arguments: list[str], said: str) -> None:
    Path("a.txt").write_text("The mill...\n")
    done = command(*arguments)
    assert done.code == 2
    assert said in done.err


# -- suggest


LINE = "Support the lighthouse with 5 crowns a month and get the Sunday letter"


def test_a_suggested_rule_is_a_rule_that_passes(command: Command) -> None:
    Path("a.txt").write_text(f"{given.PROSE}\n{LINE}\n")
    done = command("suggest", "a.txt", "--remove", LINE, "--into", "rules", "--family", "lights")
    assert done.code == 0
    assert command("rules", "test", "rules").code == 0
    cleaned = command("a.txt", "--rules", "rules").out
    assert cleaned == f"{given.PROSE}\n"
    Path("b.txt").write_text("Support the lighthouse with 12 crowns or more\n")
    assert command("b.txt", "--rules", "rules").out == ""
    # A second rule stands below the first.
    Path("c.txt").write_text("Lamps of the coast, our Sunday supplement\n")
    assert (
        command("suggest", "c.txt", "--remove", "Lamps of the coast, our Sunday supplement", "--into", "rules", "--family", "lights").code
        == 0
    )
    assert len(rules("rules/lights.toml")) == 2


def test_what_is_to_be_kept_narrows_the_rule(command: Command) -> None:
    Path("a.txt").write_text(f"{LINE}\n")
    wide = tomllib.loads(command("suggest", "a.txt", "--remove", LINE).out)["rule"][0]
    kept = "Support the lighthouse with 5 crowns, they said, and we did."
    narrow = tomllib.loads(command("suggest", "a.txt", "--remove", LINE, "--keep", kept).out)["rule"][0]
    assert len(narrow["line"]) > len(wide["line"]) or ".{0," not in narrow["line"]
    assert kept in narrow["keeps"]
    same = command("suggest", "a.txt", "--remove", LINE, "--keep", LINE)
    assert same.code == 2
    assert "differs from it in nothing" in same.err


def test_the_family_is_guessed_and_the_rule_that_is_there_named(command: Command) -> None:
    Path("a.txt").write_text("Subscribe to our weekly letter\n")
    done = command("suggest", "a.txt", "--remove", "Subscribe to our weekly letter")
    assert "# family: newsletter" in done.out
    assert "newsletter/our-letter removes this line already" in done.err


def test_the_corpus_gives_near_misses_and_other_hits(command: Command) -> None:
    Path("a.txt").write_text(f"{LINE}\n")
    other = "Support the lighthouse with 9 crowns a week"
    near = "The lighthouse was lit in the spring, and the crowns for it came from the state."
    Path("b.txt").write_text(f"{other}\n{near}\n")
    done = command("suggest", "a.txt", "--remove", LINE, "--in", "b.txt")
    assert f"1 x {other}" in done.err
    assert f"stays: {near}" in done.err
    assert near in tomllib.loads(done.out)["rule"][0]["keeps"]


# -- impact


def write_rules(path: str, *patterns: str) -> str:
    Path(path).write_text(given.filled("".join(given.rule(f"line = '{pattern}'", f"r{number}") for number, pattern in enumerate(patterns))))
    return path


def test_impact_says_what_goes_and_what_comes_back(command: Command) -> None:
    dump(Path("a.jsonl"), [page(number, HEAD) for number in range(4)])
    old, new = write_rules("old.toml", "letters to the pilot"), write_rules("new.toml", "harbour and .*")
    done = command("impact", old, new, "a.jsonl")
    assert done.code == 0
    assert done.out.startswith("4 documents, 4 changed, 0 failed; ")
    assert "newly removed:" in done.out
    assert "new/r0 (4 pieces)" in done.out
    assert "one.example-0: Harbour and valley courier" in done.out
    assert "old/r0 (4 pieces)" in done.out
    record = json.loads(command("impact", old, new, "a.jsonl", "--format", "json").out)
    assert record["removed"]["new/r0"]["characters"] == 4 * len(HEAD[0])
    assert record["restored"]["old/r0"]["pieces"] == 4


def test_nothing_changes_between_the_same_rules(command: Command) -> None:
    dump(Path("a.jsonl"), [page(number, ["Subscribe to our weekly letter"]) for number in range(4)])
    done = command("impact", "shipped", "shipped", "a.jsonl", "--fail-over", "0%")
    assert done.code == 0
    assert "0 changed" in done.out


@pytest.mark.parametrize(("budget", "code"), [("0.1%", 1), ("0.001", 1), ("50%", 0)])
def test_a_budget_for_ci(command: Command, budget: str, code: int) -> None:
    dump(Path("a.jsonl"), [page(number, HEAD) for number in range(4)])
    done = command("impact", "shipped", write_rules("new.toml", "letters to .*"), "a.jsonl", "--fail-over", budget)
    assert done.code == code
    assert ("newly removed, more than the" in done.err) == bool(code)


def test_a_revision_of_a_repository(command: Command, own_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GIT_CONFIG_GLOBAL", "/dev/null")
    who = ["-c", "user.name=A", "-c", "user.email=a@one.example"]
    git = ["git", *who]
    repo = own_folder / "repo"
    shutil.copytree(given.ROOT / "tests" / "small_library", repo / "rules")
    subprocess.run([*git, "init", "-q"], cwd=repo, check=True)
    subprocess.run([*git, "add", "."], cwd=repo, check=True)
    subprocess.run([*git, "commit", "-q", "-m", "rules"], cwd=repo, check=True)
    monkeypatch.chdir(repo)
    dump(Path("a.jsonl"), [page(number, ["Letters to the pilot"]) for number in range(4)])
    Path("rules/own.toml").write_text(given.filled(given.rule("line = 'letters to the pilot'", "pilot")))
    done = command("impact", "HEAD", "rules", "a.jsonl")
    assert done.code == 0
    assert "own/pilot (4 pieces)" in done.out


def test_pages_are_extracted_by_either_rules(command: Command) -> None:
    from test_mining_elements import BOX, markup

    Path("in").mkdir()
    Path("in/a.html").write_text(markup(1, f'<div class="friend-box"><p>{BOX}</p></div>'))
    Path("new.toml").write_text(
        "[[rule]]\nid = 'box'\nwhy = 'A test.'\nhtml = { css = ['div.friend-box'] }\n"
        "removes = [{ from = '<div class=\"friend-box\">a</div>', to = '' }]\nkeeps = ['<p>a</p>']\n"
    )
    done = command("impact", "shipped", "new.toml", "in")
    assert "(extraction) (1 pieces)" in done.out
    assert BOX in done.out
