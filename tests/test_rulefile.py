"""One rule file: what comes out of it, and each fault with its line."""

from __future__ import annotations

import pytest

from cleaner.conditions import Condition, Entry
from cleaner.rulefile import RawFile, parse
from cleaner.types import Example, Location, Predicate

HEAD = 'id = "a"\nwhy = "A test."\nremoves = ["junk"]\nkeeps = ["gold"]\n'


def faults(source: str) -> list[str]:
    return [str(problem) for problem in parse(source, "rules/fam.toml", "fam").problems]


def one(body: str) -> dict[str, object]:
    raw = parse(f"[[rule]]\n{HEAD}{body}\n", "fam.toml", "fam")
    assert raw.problems == ()
    return dict(raw.rules[0].fields)


def test_nothing() -> None:
    assert parse("", "fam.toml", "fam") == RawFile()


def test_ids_begin_with_the_family_unless_they_name_one() -> None:
    raw = parse("[[rule]]\nid = 'a'\nline = 'x'\n\n[[rule]]\nid = 'other/b'\nenabled = false\n", "d/fam.toml", "fam")
    assert [(rule.id, rule.enabled, rule.location) for rule in raw.rules] == [
        ("fam/a", True, Location("d/fam.toml", 1)),
        ("other/b", False, Location("d/fam.toml", 5)),
    ]


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("line = 'x'", {"kind": "line", "pattern": "x"}),
        ("span = 'x'", {"kind": "span", "pattern": "x"}),
        ("after = 'x'\nmax_lines = 3", {"kind": "after", "pattern": "x", "max_lines": 3}),
        ("tail = 'x'\nmax_prose_share = 0.2", {"kind": "tail", "pattern": "x", "max_prose_share": 0.2}),
        ("tail = 'x'\ncut = 0.25", {"kind": "tail", "cut": 0.25}),
        ("block = { from = 'x', to = 'y', max_lines = 5 }", {"kind": "block", "pattern": "x", "until": "y", "max_lines": 5}),
        ("lines = 'structural'", {"kind": "lines"}),
        ("remnant = 3", {"kind": "remnant", "max_lines": 3}),
        ("repeat = 'title'", {"kind": "repeat", "of": ("title",)}),
        ("repeat = { of = 'passage', ignoring = 'x' }", {"kind": "repeat", "of": ("passage",), "pattern": "x"}),
        ("metadata = ['author', 'date']", {"kind": "metadata", "of": ("author", "date")}),
        ("line = 'x'\nkeywords = ['x', 'y']", {"keywords": ("x", "y")}),
        (
            "line = 'x'\nconfidence = 'report'\nstatus = 'experimental'\nsource = 's'\nadded = '1.0'",
            {"confidence": "report", "status": "experimental", "source": "s", "added": "1.0"},
        ),
    ],
)
def test_kinds_and_fields(body: str, fields: dict[str, object]) -> None:
    assert fields.items() <= one(body).items()


def test_html_keeps_what_it_says() -> None:
    fields = one("html = { tokens = ['share'], max_share = 0.1 }")
    assert fields["kind"] == "html"
    assert '"share"' in str(fields["pattern"])
    assert "0.1" in str(fields["pattern"])


def test_examples() -> None:
    raw = parse("[[rule]]\nid = 'a'\nline = 'x'\nremoves = ['x', { from = 'a\\nx', to = 'a' }]\nkeeps = ['y']\n", "f.toml", "f")
    assert raw.rules[0].fields["removes"] == (Example("x"), Example("a\\nx", "a"))
    assert raw.rules[0].fields["keeps"] == ("y",)


@pytest.mark.parametrize(
    ("when", "predicate"),
    [
        ("head = 3", Predicate("head", (3,))),
        ("cluster = true", Predicate("cluster", (8,))),
        ("cluster = 4", Predicate("cluster", (4,))),
        ("cluster = 1", Predicate("cluster", (1,))),
        ("desert = 3", Predicate("desert", (3, 12))),
        ("desert = { lines = 3, words = 15 }", Predicate("desert", (3, 15))),
        ("run = { min = 3 }", Predicate("run", (3, 24))),
        ("run = { min = 3, max_words = 4 }", Predicate("run", (3, 4))),
        ("outside_core = true", Predicate("outside_core", (12, 2.0, 0))),
        ("outside_core = { words = 15, penalty = 1.5, lines = 2 }", Predicate("outside_core", (15, 1.5, 2))),
        ("bullet = true", Predicate("bullet")),
        ("sites = ['a.b', 'c.d']", Predicate("sites", ("a.b", "c.d"))),
        ("unless = 'x'", Predicate("unless", ("x",))),
        ("not = { bullet = true }", Predicate("bullet", (), True)),
        ("not = { not = { bullet = true } }", Predicate("bullet")),
        ("prose_share = 0.5", Predicate("prose_share", (0.5,))),
    ],
)
def test_conditions(when: str, predicate: Predicate) -> None:
    assert one(f"line = 'x'\nwhen = {{ {when} }}")["when"] == (Entry((), (predicate,)),)


def test_a_choice_of_conditions() -> None:
    assert one("line = 'x'\nwhen = [{ first = 1, bullet = true }, { last = 2 }]")["when"] == (
        Entry((), (Predicate("first", (1,)), Predicate("bullet"))),
        Entry((), (Predicate("last", (2,)),)),
    )


def test_named_conditions() -> None:
    first = Predicate("first", (1,))
    raw = parse("[conditions]\nlabel = { max_words = 4 }\nedge = [{ first = 1 }, 'label', { last = 1 }]\nend = 'edge'\n", "c.toml", "c")
    assert raw.conditions == {
        "label": Condition((Entry((), (Predicate("max_words", (4,)),)),), Location("c.toml", 2)),
        "edge": Condition((Entry((), (first,)), Entry(("label",)), Entry((), (Predicate("last", (1,)),))), Location("c.toml", 3)),
        "end": Condition((Entry(("edge",)),), Location("c.toml", 4)),
    }
    assert one("line = 'x'\nwhen = 'label'")["when"] == (Entry(("label",)),)
    assert one("line = 'x'\nwhen = ['label', { first = 1 }]")["when"] == (Entry(("label",)), Entry((), (first,)))
    assert one("line = 'x'\nwhen = { all = ['label', 'end'], first = 1 }")["when"] == (Entry(("label", "end"), (first,)),)


PARTS = "[parts]\nmonth = ['jan(?:uary)?', 'may']\ndate = '\\d\\d? {{month}}'\n\n"


@pytest.mark.parametrize(
    ("body", "fields"),
    [
        ("line = 'on {{date}}!'", {"pattern": r"on (?:\d\d? (?:jan(?:uary)?|may))!"}),
        ("line = ['x', '{{month}}.']", {"pattern": "x|(?:jan(?:uary)?|may)."}),
        ("block = { from = 'x', to = '{{month}}' }", {"until": "(?:jan(?:uary)?|may)"}),
        ("repeat = { of = 'passage', ignoring = '{{month}}' }", {"pattern": "(?:jan(?:uary)?|may)"}),
        ("line = 'x'\nwhen = { unless = '{{month}}' }", {"when": (Entry((), (Predicate("unless", ("(?:jan(?:uary)?|may)",)),)),)}),
        ("line = 'x'\nunless = '{{month}}'", {"narrowed": (Predicate("unless", ("(?:jan(?:uary)?|may)",)),)}),
    ],
)
def test_parts_stand_for_patterns(body: str, fields: dict[str, object]) -> None:
    raw = parse(f"{PARTS}[[rule]]\n{HEAD}{body}\n", "fam.toml", "fam")
    assert raw.problems == ()
    assert fields.items() <= raw.rules[0].fields.items()


def test_parts_of_conditions_and_protections_and_none_of_examples() -> None:
    source = f"{PARTS}[conditions]\ndated = {{ not = {{ unless = '{{{{month}}}}' }} }}\n\n[[protect]]\npattern = 'in {{{{month}}}}'\n"
    raw = parse(f"{source}\n[[rule]]\nid = 'a'\nwhy = '{{{{month}}}}'\nline = 'x'\nkeeps = ['{{{{month}}}}']\n", "c.toml", "c")
    assert raw.problems == ()
    assert raw.conditions["dated"].choice == (Entry((), (Predicate("unless", ("(?:jan(?:uary)?|may)",), negated=True),)),)
    assert raw.protections[0].pattern == "in (?:jan(?:uary)?|may)"
    assert (raw.rules[0].fields["why"], raw.rules[0].fields["keeps"]) == ("{{month}}", ("{{month}}",))


def test_braces_of_other_kinds_are_the_patterns_own() -> None:
    assert one("line = 'x{2}\\{\\{y(?:z{{3,4})?'")["pattern"] == "x{2}\\{\\{y(?:z{{3,4})?"


def test_sites_and_langs_of_the_file_narrow_each_rule_that_says_nothing_else() -> None:
    raw = parse(
        "sites = ['a.b']\nlangs = ['de']\n[[rule]]\nid = 'a'\nline = 'x'\n[[rule]]\nid = 'b'\nline = 'x'\nsites = ['c.d']\n", "f.toml", "f"
    )
    assert [rule.fields["narrowed"] for rule in raw.rules] == [
        (Predicate("sites", ("a.b",)), Predicate("langs", ("de",))),
        (Predicate("sites", ("c.d",)), Predicate("langs", ("de",))),
    ]


def test_protections() -> None:
    raw = parse("[[protect]]\npattern = 'x'\n\n[[protect]]\npattern = 'y'\nrules = ['a/*']\n", "f.toml", "f")
    assert [(each.pattern, each.rules, each.location.line) for each in raw.protections] == [("x", ("*",), 1), ("y", ("a/*",), 4)]


# -- faults

BODY = "[[rule]]\nid = 'a'\n"


@pytest.mark.parametrize(
    ("source", "fault"),
    [
        ("[[rule]\n", "rules/fam.toml:1 is not valid TOML: expected ']]'"),
        ("a = 1\nb =\n", "rules/fam.toml:2 is not valid TOML: "),
        (f"{BODY}lin = 'x'\n", 'rules/fam.toml:3 [fam/a] unknown key "lin"; did you mean "line"?'),
        ("[[rule]]\nline = 'x'\n", 'rules/fam.toml:1 lacks "id"'),
        (f"{BODY}line = 3\n", 'rules/fam.toml:3 [fam/a] "line" should be a string or a list'),
        (f"{BODY}line = ''\n", 'rules/fam.toml:3 [fam/a] "line" should have at least 1 character'),
        ("[[rule]]\nid = 'A b'\nline = 'x'\n", 'rules/fam.toml:2 [fam/A b] "id" should match pattern'),
        (f"{BODY}line = 'x'\nwhen = {{ hed = 3 }}\n", 'rules/fam.toml:4 [fam/a] unknown key "hed"; did you mean "head"?'),
        (f"{BODY}line = 'x'\nwhen = {{ run = {{ mn = 3 }} }}\n", 'unknown key "mn"; did you mean "min"?'),
        (f"{BODY}line = 'x'\nwhen = {{ not = {{ bulet = true }} }}\n", 'unknown key "bulet"; did you mean "bullet"?'),
        (f"{BODY}line = 'x'\nwhen = {{ bullet = false }}\n", "rules/fam.toml:4 [fam/a]"),
        (f"{BODY}block = {{ form = 'x', to = 'y' }}\n", 'unknown key "form"; did you mean "from"?'),
        (f"{BODY}block = {{ from = 'x' }}\n", 'rules/fam.toml:3 [fam/a] lacks "to"'),
        (f"{BODY}repeat = {{ off = 'title' }}\n", 'unknown key "off"; did you mean "of"?'),
        (f"{BODY}html = {{ token = ['x'] }}\n", 'unknown key "token"; did you mean "tokens"?'),
        (f"{BODY}line = 'x'\nremoves = [{{ frm = 'x', to = '' }}]\n", 'unknown key "frm"; did you mean "from"?'),
        (f"{BODY}line = 'x'\nconfidence = 'sure'\n", "rules/fam.toml:4 [fam/a] \"confidence\" should be 'safe', 'aggressive' or 'report'"),
        (f"{BODY}tail = 'x'\nmax_prose_share = 2\n", 'rules/fam.toml:4 [fam/a] "max_prose_share" should be less than or equal to 1'),
        (f"{BODY}line = 'x'\nremoves = []\n", "rules/fam.toml:4 [fam/a]"),
        ("[[protect]]\npatern = 'x'\n", 'rules/fam.toml:2 unknown key "patern"; did you mean "pattern"?'),
        ("[[protect]]\n\npattern = '('\n", "rules/fam.toml:1 \"pattern\" is not a valid pattern: missing ) at character 2"),
        ("site = ['x']\n", 'rules/fam.toml:1 unknown key "site"; did you mean "sites"?'),
        ("\n[[rules]]\nid = 'x'\n", 'rules/fam.toml:2 unknown key "rules"; did you mean "rule"?'),
        ("[conditions]\nlabel = { max_word = 3 }\n", 'unknown key "max_word"; did you mean "max_words"?'),
        ("[conditions]\n\ninterruption = { max_word = 3 }\n", 'rules/fam.toml:3 unknown key "max_word"'),
        ("[conditions]\nlabel = [{ first = 1 }, 3]\n", 'rules/fam.toml:2 "label.1" should be a string or a table'),
        (f"{BODY}line = 'x'\nwhen = {{ head = 'x' }}\n", 'rules/fam.toml:4 [fam/a] "when.head" should be a whole number'),
        (f"{BODY}line = 'x'\nwhen = 3\n", 'rules/fam.toml:4 [fam/a] "when" should be a string, a table or a list'),
        (f"{BODY}line = 'x'\nwhen = {{ desert = {{ lines = 'x' }} }}\n", '"when.desert.lines" should be a whole number'),
        (f"{BODY}line = 'x'\nwhen = {{ outside_core = {{ word = 3 }} }}\n", 'unknown key "word"; did you mean "words"?'),
        (f"{BODY}line = 'x'\nwhen = {{ cluster = 0 }}\n", '"when.cluster" should be greater than or equal to 1'),
        (f"{BODY}repeat = 'titel'\n", "\"repeat\" should be 'title', 'line' or 'passage' or a table"),
        ("rule = 3\n", 'rules/fam.toml:1 "rule" should be a list'),
        ("[parts]\nmonth = 'may'\n\n" + BODY + "line = 'x {{moth}}'\n", "rules/fam.toml:4 [fam/a] uses \"{{moth}}\", and no part of that name"),
        ("[parts]\nmonth = 'may'\n\n" + BODY + "line = 'x {{moth}}'\n", 'did you mean "month"?'),
        ("[parts]\nday = '{{month}}'\nmonth = 'may'\n", 'rules/fam.toml:2 uses "{{month}}", and no part of that name stands above'),
        (f"{BODY}line = '{{{{month}}}}'\n\n[parts]\nmonth = 'may'\n", 'rules/fam.toml:1 [fam/a] uses "{{month}}"'),
        ("[[protect]]\npattern = '{{month}}'\n", 'rules/fam.toml:1 uses "{{month}}"'),
        ("[conditions]\n\nlate = { unless = '{{month}}' }\n", 'rules/fam.toml:3 uses "{{month}}"'),
        ("[parts]\nday = 'x'\nmonth = ['may', '(']\n", 'rules/fam.toml:3 "month" is not a valid pattern: missing ) at character 2'),
        ("[parts]\nday = 'x'\nmonth = 3\n", 'rules/fam.toml:3 "month" should be a string or a list'),
        ("parts = 3\n", 'rules/fam.toml:1 "parts" should be a table'),
        ("\n[conditions]\nlabel = { not = { unless = '(' } }\n", 'rules/fam.toml:3 "label" is not a valid pattern'),
        (f"{BODY}line = 'x('\n", 'rules/fam.toml:3 [fam/a] "line" is not a valid pattern: missing ) at character 3'),
        (f"{BODY}line = ['x', '(']\n", 'rules/fam.toml:3 [fam/a] "line" is not a valid pattern: missing ) at character 2'),
        (f"{BODY}line = []\n", 'rules/fam.toml:3 [fam/a] "line" list should have at least 1 item'),
        (f"{BODY}line = 'x'\nunless = '['\n", 'rules/fam.toml:4 [fam/a] "unless" is not a valid pattern'),
        (f"{BODY}block = {{ from = 'x', to = '(' }}\n", 'rules/fam.toml:3 [fam/a] "block.to" is not a valid pattern'),
        (f"{BODY}repeat = {{ of = 'passage', ignoring = '(' }}\n", 'rules/fam.toml:3 [fam/a] "repeat" is not a valid pattern'),
        (f"{BODY}line = 'x'\nspan = 'y'\n", "rules/fam.toml:1 [fam/a] has line and span: a rule removes one kind of thing; make it two rules"),
        (f"{BODY}line = 'x'\nwhen = {{ unless = '(' }}\n", 'rules/fam.toml:4 [fam/a] "when" is not a valid pattern'),
    ],
)  # fmt: skip
def test_each_fault_says_where_and_what(source: str, fault: str) -> None:
    assert [each for each in faults(source) if fault in each], faults(source)


@pytest.mark.parametrize(
    "body",
    [
        "line = 3",
        "line = []",
        "line = 'x'\nwhen = 3",
        "line = 'x'\nwhen = { hed = 3 }",
        "line = 'x'\nwhen = [{ hed = 3 }]",
        "line = 'x'\nwhen = { desert = { line = 3, lines = 4 } }",
        "line = 'x'\nwhen = { cluster = 0 }",
        "line = 'x'\nremoves = [3]",
    ],
)
def test_a_value_that_may_be_of_several_types_has_one_fault(body: str) -> None:
    assert len(faults(f"{BODY}{body}\n")) == 1


def test_all_faults_of_a_file_come_together() -> None:
    source = f"{BODY}lin = 'x'\n\n[[rule]]\nid = 'b'\nline = 3\n\n[[protect]]\nrules = ['*']\n"
    assert [fault.split(" ")[0] for fault in faults(source)] == ["rules/fam.toml:3", "rules/fam.toml:7", "rules/fam.toml:9"]


def test_what_is_sound_beside_a_fault_is_there() -> None:
    source = "[conditions]\nedge = { frist = 1 }\nend = { last = 1 }\n\n[[rule]]\nid = 'a'\nlin = 'x'\n\n[[rule]]\nid = 'b'\nline = 'x'\n"
    raw = parse(source, "fam.toml", "fam")
    assert [(rule.id, rule.location.line) for rule in raw.rules] == [("fam/b", 9)]
    assert {name: len(each.choice) for name, each in raw.conditions.items()} == {"edge": 0, "end": 1}


def test_a_wrong_key_does_not_hide_the_wrong_pattern_of_another_rule() -> None:
    source = "[[rule]]\nid = 'a'\nlin = 'x'\n\n[[rule]]\nid = 'b'\nline = '('\n\n[[rule]]\nid = 'c'\nline = 'sound'\n"
    assert [fault.split("] ")[0] for fault in faults(source)] == ["rules/fam.toml:3 [fam/a", "rules/fam.toml:7 [fam/b"]


def test_a_rule_table_inside_a_text_is_no_rule() -> None:
    source = "[[rule]]\nid = 'a'\nwhy = '''\n[[rule]]\n'''\n\n[[rule]]\nid = 'b'\nlin = 'x'\n"
    assert faults(source)[0].startswith("rules/fam.toml:9 [fam/b]")


def test_of_keys_of_the_same_name_the_one_of_the_table_is_meant() -> None:
    assert faults("[[rule]]\nid = 'a'\nline = 'x'\n\n[[rule]]\nid = 'b'\nline = '('\n")[0].startswith("rules/fam.toml:7 [fam/b]")
