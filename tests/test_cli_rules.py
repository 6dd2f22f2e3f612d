from __future__ import annotations

import json
from pathlib import Path

import pytest

from cleaner.rulemodel import json_schema, schema_text
from command import Command

RULE = """[[rule]]
id = "tin"
why = "A test."
line = 'buy the old tin now'
removes = ["{removes}"]
keeps = ["They buy the old tin now."]
"""
CORPUS = {
    "id": "1",
    "site": "zeitung.example",
    "url": "https://zeitung.example/a",
    "lang": "de",
    "lines": [
        {"text": "Der Speicher wurde am Montag geöffnet.", "label": "content"},
        {"text": "Zum Kommentieren bitte anmelden", "label": "junk"},
    ],
}

pytestmark = pytest.mark.usefixtures("small_library")


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def write(path: str, text: str) -> str:
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    Path(path).write_text(text, "utf-8")
    return path


# -- list and show


def test_list(command: Command) -> None:
    done = command("rules", "list")
    assert done.code == 0
    assert [line.split()[:3] for line in done.out.splitlines()] == [
        ["newsletter/our-letter", "line", "safe"],
        ["newsletter/more-letters", "after", "aggressive"],
        ["comments/de-log-in", "line", "safe"],
    ]
    assert done.err == "3 of 3 rules\n"


@pytest.mark.parametrize(
    ("options", "ids"),
    [
        (["--select", "newsletter"], ["newsletter/our-letter", "newsletter/more-letters"]),
        (["--select", "*/de-*,more-letters", "--select", "newsletter/our-letter"], None),
        (["--select", "*/de-*", "--select", "newsletter/our-letter"], ["newsletter/our-letter", "comments/de-log-in"]),
        (["--language", "de"], ["comments/de-log-in"]),
        (["--confidence", "aggressive"], ["newsletter/more-letters"]),
        (["--kind", "after"], ["newsletter/more-letters"]),
        (["--site", "zeitung.example"], ["comments/de-log-in"]),
        (["Liest, GEHT"], ["comments/de-log-in"]),
        (["marker above"], ["newsletter/more-letters"]),
        (["nothing says this"], []),
        (["--kind", "after", "--language", "de"], []),
    ],
)
def test_list_filters(command: Command, options: list[str], ids: list[str] | None) -> None:
    done = command("rules", "list", *options)
    if ids is None:
        assert done.code == 2
        assert 'no rule or family is called "more-letters"; did you mean "newsletter/more-letters"?' in done.err
    else:
        assert [line.split()[0] for line in done.out.splitlines()] == ids


@pytest.mark.parametrize(("option", "value", "hint"), [("--kind", "lin", "line"), ("--confidence", "saef", "safe")])
def test_list_knows_its_filters(command: Command, option: str, value: str, hint: str) -> None:
    done = command("rules", "list", option, value)
    assert (done.code, done.out) == (2, "")
    assert f'did you mean "{hint}"?' in done.err


def test_list_as_json(command: Command) -> None:
    first, second, third = json.loads(command("rules", "list", "--format", "json").out)
    assert first["id"] == "newsletter/our-letter"
    assert first["where"] == "rules/newsletter.toml:5"
    assert first["removes"] == ["Subscribe to our weekly letter"]
    assert second["when"] == ["outside_core 12 2 0, prose_lines 2"]
    assert (third["language"], third["sites"]) == ("de", ["zeitung.example"])


def test_show(command: Command) -> None:
    done = command("rules", "show", "newsletter/more-letters")
    assert done.code == 0
    for piece in (
        "newsletter/more-letters  (after, aggressive, experimental)",
        "defined in  rules/newsletter.toml:12",
        "source      A page of letters.",
        "pattern     more weekly letters",
        "max_lines   12",
        "when        outside_core 12 2 0, prose_lines 2",
        "tried where 'more weekly letters' stands",
        "  removes\n    - More weekly letters\n",
        "  keeps\n    - More weekly letters came.\n",
    ):
        assert piece in done.out


@pytest.mark.parametrize(
    ("body", "pieces"),
    [
        ("block = { from = 'buy tin', to = 'thanks', max_lines = 5 }", ["from        buy tin", "to          thanks", "max_lines   5"]),
        ("tail = 'all our tin'\nmax_prose_share = 0.2", ["pattern     all our tin", "max_prose_share  0.2"]),
        ("tail = 'all our tin'\ncut = 0.25", ["cut         0.25"]),
        ("metadata = ['author', 'date']", ["of          author, date"]),
        ("line = 'buy tin'\nwhen = [{ head = 3 }, { not = { bullet = true } }]", ["when        head 3", "or when     not bullet"]),
        ("line = '(?:one|two|three|four|five|six|seven|eight|nine) tins'", [" or ... stands"]),
    ],
)
def test_show_of_each_kind(command: Command, body: str, pieces: list[str]) -> None:
    mine = write(
        "mine/metal.toml", f'[[rule]]\nid = "tin"\nwhy = "A test."\n{body}\nremoves = [{{ from = "a\\nb", to = "c" }}]\nkeeps = ["d"]\n'
    )
    done = command("rules", "show", "metal/tin", "--rules", mine)
    assert "    - a\n      b\n      =>\n      c\n" in done.out
    for piece in pieces:
        assert piece in done.out


def test_show_says_what_a_rule_overrides(command: Command) -> None:
    mine = write("mine/newsletter.toml", '[[rule]]\nid = "our-letter"\nconfidence = "aggressive"\n')
    done = command("rules", "show", "newsletter/our-letter", "--rules", mine)
    assert "defined in  mine/newsletter.toml:1" in done.out
    assert "overrides   rules/newsletter.toml:5" in done.out
    assert "- Subscribe to our weekly letter" in done.out
    data = json.loads(command("rules", "show", "newsletter/our-letter", "--rules", mine, "--format", "json").out)
    assert data["overrides"] == ["rules/newsletter.toml:5"]
    assert data["confidence"] == "aggressive"


def test_show_a_rule_that_is_not_there(command: Command) -> None:
    done = command("rules", "show", "newsletter/our-lettre")
    assert done.code == 2
    assert done.err == 'clean: there is no rule "newsletter/our-lettre"; did you mean "newsletter/our-letter"?\n'


# -- test and lint


def test_test_of_the_shipped_library(command: Command) -> None:
    done = command("rules", "test")
    assert (done.code, done.out) == (0, "")
    assert done.err == "3 rules, 6 examples, 1 clean document: all is well\n"


def test_test_of_ones_own_folder(command: Command) -> None:
    write("mine/metal.toml", RULE.format(removes="Buy the old tin now"))
    done = command("rules", "test", "mine")
    assert (done.code, done.err) == (0, "1 rule, 2 examples, 1 clean document: all is well\n")
    write("mine/metal.toml", RULE.format(removes="Buy the old gold now"))
    done = command("rules", "test", "mine")
    assert done.code == 1
    assert done.err.startswith('mine/metal.toml:5 [metal/tin] removes: the pattern does not match "Buy the old gold now"')
    assert done.err.endswith(": one problem\n")


def test_test_finds_the_projects_own_rules(command: Command) -> None:
    write("mine/metal.toml", RULE.format(removes="Buy the old gold now"))
    write("clean.toml", 'rules = ["mine"]\n')
    assert command("rules", "test").err.startswith(f"{Path.cwd()}/mine/metal.toml:5 [metal/tin]")
    assert command("rules", "test", "--isolated").code == 0


def test_test_of_part_of_the_shipped_library(command: Command, small_library: Path) -> None:
    assert command("rules", "test", str(small_library / "rules" / "de")).err.startswith("1 rule, 2 examples")
    assert command("rules", "test", "--select", "newsletter").err.startswith("2 rules, 4 examples")


def test_test_reports_as_json(command: Command) -> None:
    write("mine/metal.toml", RULE.format(removes="Buy the old gold now"))
    done = command("rules", "test", "mine", "--format", "json")
    (problem,) = json.loads(done.out)["problems"]
    assert (problem["path"], problem["line"], problem["rule"]) == ("mine/metal.toml", 5, "metal/tin")
    assert done.code == 1


def test_test_heeds_clean_documents(command: Command) -> None:
    write("mine/metal.toml", RULE.format(removes="Buy the old tin now"))
    write("good/a.txt", "It rained on Monday.\n\nBuy the old tin now\n")
    done = command("rules", "test", "mine", "--clean", "good")
    assert done.code == 1
    assert done.err.startswith('good/a.txt:3 [metal/tin] is clean, but mine/metal.toml:1 takes "Buy the old tin now"')
    assert command("rules", "test", "mine", "--clean", "nowhere").err == "clean: nowhere: no such document or folder\n"


@pytest.mark.parametrize("what", ["test", "lint"])
def test_broken_files_are_reported_whole(command: Command, what: str) -> None:
    write("mine/a.toml", '[[rule]]\nid = "x"\nlin = "y"\n')
    write("mine/b.toml", '[[rule]]\nid = "x"\nwhy = "y"\nline = "("\nremoves = ["z"]\nkeeps = ["z"]\n')
    done = command("rules", what, "mine")
    assert done.code == 2
    assert 'clean: mine/a.toml:3 [a/x] unknown key "lin"; did you mean "line"?' in done.err
    assert "clean: mine/b.toml:4 [b/x]" in done.err


def test_faults_of_other_files_are_left_aside(command: Command, small_library: Path) -> None:
    (small_library / "rules" / "broken.toml").write_text("[[rule]]\n", "utf-8")
    write("mine/metal.toml", RULE.format(removes="Buy the old tin now"))
    done = command("rules", "test", "mine")
    assert done.code == 0
    assert "clean: rules/broken.toml: left out, because it has faults of its own\n" in done.err
    assert command("rules", "test").code == 2


@pytest.mark.parametrize("what", ["test", "lint"])
def test_a_path_that_is_not_there(command: Command, what: str) -> None:
    done = command("rules", what, "nowhere")
    assert (done.code, done.err) == (2, "clean: nowhere: no such rule file or folder\n")


def test_lint(command: Command) -> None:
    assert command("rules", "lint").code == 0
    write("mine/metal.toml", RULE.format(removes="Buy the old tin now").replace("buy the old tin now'", "tin'"))
    done = command("rules", "lint", "mine")
    assert done.code == 1
    assert 'mine/metal.toml:1 [metal/tin] matches as little as "tin" whatever stands around it' in done.err
    assert "(too-short)\n" in done.err
    assert command("rules", "lint", "mine", "--skip", "too-short,exercise").code == 0
    assert 'did you mean "too-short"?' in command("rules", "lint", "--skip", "to-short").err


def test_lint_with_a_corpus(command: Command) -> None:
    corpus = write("lines.jsonl", json.dumps(CORPUS) + "\n")
    done = command("rules", "lint", "--corpus", corpus)
    assert done.code == 1
    assert [line.split("[")[1].split("]")[0] for line in done.err.splitlines()[:-1]] == ["newsletter/our-letter", "newsletter/more-letters"]


def test_lint_notes(command: Command) -> None:
    write("mine/metal.toml", RULE.format(removes="tin 1234").replace("'buy the old tin now'", "'\\w{3} \\d{4}'"))
    done = command("rules", "lint", "mine", "--skip", "exercise")
    assert done.code == 1  # one of four rules is more than the library may have
    assert "(no-literal)" in done.err


# -- new and schema


def test_new_prints_a_rule_that_explains_itself(command: Command) -> None:
    done = command("rules", "new", "metal/tin", "--remove", "• Don’t buy (old) tin! •")
    assert done.code == 0
    assert done.out.startswith('[[rule]]\nid = "tin"\n')
    assert 'line = "don\'t buy \\\\(old\\\\) tin!"\n' in done.out
    assert 'removes = ["• Don’t buy (old) tin! •"]' in done.out


def test_new_adds_to_a_file(command: Command) -> None:
    assert command("rules", "new", "metal/tin", "--into", "mine").code == 0
    assert command("rules", "new", "metal/lead", "--into", "mine").code == 0
    text = Path("mine/metal.toml").read_text("utf-8")
    assert text.startswith('# Rules of the family "metal".')
    assert text.index('id = "tin"') < text.index('id = "lead"')


def test_new_warns_of_an_id_that_is_taken(command: Command) -> None:
    done = command("rules", "new", "newsletter/our-letter")
    assert done.code == 0
    assert "newsletter/our-letter is there already (rules/newsletter.toml:5)" in done.err


@pytest.mark.parametrize("name", ["tin", "Metal/tin", "metal/", "metal/tin can", "a/b/c"])
def test_new_wants_an_id(command: Command, name: str) -> None:
    done = command("rules", "new", name)
    assert (done.code, done.out) == (2, "")
    assert "is no rule id: write family/name" in done.err


def test_schema(command: Command) -> None:
    done = command("rules", "schema")
    assert done.out == schema_text()
    assert json.loads(done.out) == json_schema()


# -- score and catalogue


def test_score(command: Command) -> None:
    corpus = write("lines.jsonl", json.dumps(CORPUS) + "\n")
    done = command("rules", "score", corpus, "--save", "scores.json", "--eaten", "3")
    assert done.code == 0
    rows = [line.split() for line in done.out.splitlines()]
    assert ["comments/de-log-in", "4", "100.000%", "0", "0.0000%", "0", "0", "1", "1"] in rows
    assert "1 document; 0 lost more than 5 %" in done.err
    saved = json.loads(Path("scores.json").read_text("utf-8"))
    assert saved["families"]["comments"]["junk"] == 4
    assert json.loads(command("rules", "score", corpus, "--format", "json").out) == saved


@pytest.mark.parametrize(
    ("options", "documents", "removed"),
    [
        (["--where", "lang=en"], 0, 0),
        (["--where", "lang=de"], 1, 4),
        (["--no-url"], 1, 0),
        (["--select", "newsletter"], 1, 0),
        (["--sample", "1"], 1, 4),
    ],
)
def test_score_options(command: Command, options: list[str], documents: int, removed: int) -> None:
    corpus = write("lines.jsonl", json.dumps(CORPUS) + "\n")
    data = json.loads(command("rules", "score", corpus, "--format", "json", *options).out)
    assert (data["documents"], data["total"]["junk"]) == (documents, removed)


def test_score_says_what_is_wrong(command: Command) -> None:
    assert command("rules", "score", "none.jsonl").err == "clean: none.jsonl: no such file\n"
    corpus = write("lines.jsonl", json.dumps(CORPUS) + "\n")
    assert "--where wants key=value" in command("rules", "score", corpus, "--where", "lang").err
    assert 'did you mean "safe"?' in command("rules", "score", corpus, "--profile", "saf").err


def test_catalogue(command: Command, small_library: Path) -> None:
    page = small_library / "docs" / "rules.md"
    assert command("rules", "catalogue", "--check").code == 1
    assert command("rules", "catalogue").code == 0
    assert command("rules", "catalogue", "--check").code == 0
    text = page.read_text("utf-8")
    assert command("rules", "catalogue", "-o", "-").out == text
    assert "3 rules in 2 families." in text
    assert "| [comments](#comments) | 1 | de |\n" in text
    assert "## newsletter\n\nPrompts to subscribe to letters of all kinds.\n" in text
    assert "| `our-letter` | line | Prompt \\| in the middle of `articles`. | `Subscribe to our weekly letter` |\n" in text
    assert "| `de-log-in` | line; zeitung.example | Line above a form. | `Zum Kommentieren bitte anmelden` |\n" in text
    assert "| `more-letters` | after; aggressive |" in text
    page.write_text(text + "\n", "utf-8")
    stale = command("rules", "catalogue", "--check")
    assert stale.code == 1
    assert "is out of date; run `clean rules catalogue`" in stale.err


def test_catalogue_with_scores(command: Command, small_library: Path) -> None:
    corpus = write("lines.jsonl", json.dumps(CORPUS) + "\n")
    (small_library / "docs").mkdir()
    command("rules", "score", corpus, "--save", str(small_library / "docs" / "rule-scores.json"))
    text = command("rules", "catalogue", "-o", "-").out
    assert "labelled lines (1 documents, profile `safe`)" in text
    assert "| `Zum Kommentieren bitte anmelden` | 4 | 0 | 1 |\n" in text
    assert "| [newsletter](#newsletter) | 2 |  |  |  |  |\n" in text


@pytest.mark.parametrize("content", ["{", "[]", "{}"])
def test_catalogue_with_damaged_scores(command: Command, content: str) -> None:
    done = command("rules", "catalogue", "-o", "-", "--scores", write("scores.json", content))
    assert done.code == 2
    assert "make it anew with `clean rules score CORPUS --save scores.json`" in done.err
