from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

import given
from cleaner import examples, library, lint
from cleaner.mining import verify, write
from cleaner.mining.model import Candidate, Evidence
from cleaner.mining.verify import verified

GOOD = Candidate(
    "good", "one.example", "line", "Says what it is.", {"line": "letters to the pilot"}, ("one.example",), ("Letters to the pilot",),
    ("He wrote many letters to the pilot of the ferry.",), Evidence(3, 4, 3, (3, 0, 0), 60, 0.1),
)  # fmt: skip

pytestmark = pytest.mark.usefixtures("small_library")


def variant(name: str, **changes: object) -> Candidate:
    return replace(GOOD, name=name, **changes)  # type: ignore[arg-type]


def test_what_passes_as_a_rule_file_stays(tmp_path: Path) -> None:
    found = verified([GOOD])
    assert found.candidates == (GOOD,)
    assert not found.reasons
    file = tmp_path / "mined.toml"
    file.write_text(write.file(found.candidates, file.name))
    read = library.read([file])
    assert examples.run(read).problems == ()
    assert lint.run(read) == []


def test_what_fails_is_counted_by_reason() -> None:
    found = verified(
        [
            GOOD,
            variant("idle", fields={"line": "something else"}),
            variant("slow", fields={"line": r"letters to the (?:pilot|(?:a|aa)+b)"}),
            variant("copy", fields={"line": "subscribe to our weekly letter"}, removes=("Subscribe to our weekly letter",)),
        ]
    )
    assert found.candidates == (GOOD,)
    assert found.reasons["its examples fail: removes"] == 1
    assert found.reasons["lint: slow"] == 1
    assert found.reasons["lint: shadowed"] == 1


def test_texts_that_rules_would_take_are_no_keeps() -> None:
    (found,) = verified([variant("a", keeps=("Subscribe to our weekly letter", "Letters to the pilot", *GOOD.keeps))]).candidates
    assert found.keeps == GOOD.keeps
    without = verified([variant("a", keeps=("Subscribe to our weekly letter",))])
    assert without.candidates == ()
    assert without.reasons == {"nothing nearly matches that would stay": 1}


def test_markup_that_rules_would_take_is_no_keep() -> None:
    box = '<div class="friend-box">Join us</div>'
    rule = variant(
        "a", kind="html", fields={"html": {"css": ["div.friend-box"]}}, removes=({"from": box, "to": ""},), keeps=(box, "<p>Mill</p>")
    )
    (found,) = verified([rule]).candidates
    assert found.keeps == ("<p>Mill</p>",)


def test_rules_in_use_count_too(tmp_path: Path) -> None:
    file = tmp_path / "own.toml"
    file.write_text(given.filled(given.rule("line = 'letters to the pilot'\nsites = ['one.example']", "pilot")))
    assert verified([GOOD], [file]).candidates == ()


def test_nothing_to_verify() -> None:
    assert verified([]).candidates == ()


def test_candidates_for_a_site_are_tested_together_and_others_in_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(verify, "_AT_ONCE", 1)
    other = variant("other", fields={"line": "letters to the crew"}, removes=("Letters to the crew",), sites=("two.example",))
    # It takes what the others are to keep, on all sites or on one of theirs.
    broad = variant(
        "broad", fields={"line": r"he wrote many letters to the pilot of the ferry\."}, sites=(),
        removes=GOOD.keeps, keeps=("He wrote many letters to the pilot of the ferry and got none.",),
    )  # fmt: skip
    related = replace(broad, name="related", sites=("three.example", "one.example"))
    assert verified([GOOD, other]).candidates == (GOOD, other)
    assert verified([GOOD, other, broad]).candidates == (broad,)
    assert verified([GOOD, related, other]).candidates == (related, other)
    assert verified([broad, replace(broad, name="more")]).reasons["one of too many for any site"] == 1
