from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given as hypothesis_given
from hypothesis import strategies as st

import cleaner as package
import given
from cleaner.errors import ConfigError, RuleError
from cleaner.normalize import normalize
from cleaner.pipeline import Cleaner
from cleaner.spans import restore
from cleaner.types import Document, Removal
from given import PROSE, cleaner, rule, text

JUNK = rule("line = 'junk'")


class TestOffsets:
    def test_are_of_the_original(self) -> None:
        original = "\ufeffa\r\n\u200bju\u00adnk\u00a0\r\nCafe\u0301\r\njunk"
        cleaned = cleaner(JUNK).clean(original)
        assert cleaned.text == "a\nCafé\n"
        assert [original[removal.start : removal.end] for removal in cleaned.removals] == ["ju\u00adnk\u00a0\r\n", "junk"]
        assert all(removal.text == original[removal.start : removal.end] for removal in cleaned.removals)
        assert restore(cleaned.kept, cleaned.removals) == original

    def test_behind_a_character_that_composes(self) -> None:
        cleaned = cleaner(rule("span = 'junk'")).clean("e\u0301e\u0301 junk e\u0301\n")
        assert cleaned.removals == (Removal(5, 10, "one/a", "junk "),)

    def test_of_a_span_between_lines_that_went_in_an_earlier_pass(self) -> None:
        first = rule("line = 'x'", "x") + rule("block = { from = 'begin', to = 'end', max_lines = 2 }", "b")
        original = text("begin", "x", "end", "a")
        cleaned = cleaner(first).clean(original)
        assert cleaned.removals == (Removal(0, 6, "one/b", "begin\n"), Removal(6, 8, "one/x", "x\n"), Removal(8, 12, "one/b", "end\n"))
        assert cleaned.text == "a\n"


class TestPasses:
    def test_until_nothing_more_falls(self) -> None:
        made = cleaner(rule("line = 'junk \\d+'\nwhen = { last = 1 }"))
        lines = [f"junk {number}" for number in range(10)]
        assert made.clean(text("a", *lines)).text == "a\n"

    def test_however_many_it_takes(self) -> None:
        made = cleaner(rule("line = 'junk \\d+'\nwhen = { last = 1 }"))
        once = made.clean(text("a", *[f"junk {number}" for number in range(100)]))
        assert made.clean(once.text).text == once.text
        assert once.text == normalize(once.kept)

    def test_a_line_left_by_a_span_may_go_in_the_next(self) -> None:
        made = cleaner(rule("span = '!+'", "s") + rule("line = 'junk'", "l"))
        assert made.clean("a\njunk!!\n").text == "a\n"


class TestBudget:
    LINES = text(PROSE, f"Advertisement: {PROSE}")
    RULE = rule("line = 'advertisement: .*'")

    def test_refused_and_returned_unchanged(self) -> None:
        odd = self.LINES.replace("\n", " \r\n")
        cleaned = cleaner(self.RULE, max_removed=0.5).clean(odd)
        assert cleaned.text == cleaned.kept == odd
        assert cleaned.removals == ()
        assert not cleaned.changed
        assert "52% of the prose would go, more than the 50% allowed" in cleaned.refused

    def test_just_enough(self) -> None:
        assert not cleaner(self.RULE, max_removed=16 / 31).clean(self.LINES).refused
        assert cleaner(self.RULE, max_removed=16 / 31 - 0.001).clean(self.LINES).refused

    def test_counts_prose_words_only(self) -> None:
        made = cleaner(JUNK, max_removed=0.1)
        assert made.clean(text(PROSE, *["junk"] * 100)).text == f"{PROSE}\n"

    def test_without_prose_there_is_no_budget(self) -> None:
        assert cleaner(JUNK, max_removed=0).clean("junk\n").text == ""

    def test_part_of_a_line_counts_in_part(self) -> None:
        half = rule("span = 'was closed on monday after a crack was found.'")
        removed = cleaner(half).clean(f"{PROSE}\n").removals[0]
        share = len(removed.text) / len(f"{PROSE}\n")
        assert not cleaner(half, max_removed=share).clean(f"{PROSE}\n").refused
        assert cleaner(half, max_removed=share - 0.01).clean(f"{PROSE}\n").refused

    def test_with_invisible_characters_and_crlf(self) -> None:
        lines = f"{PROSE}\r\nAd\u200bvertisement: {PROSE}\r\n{PROSE}\r\n"
        assert not cleaner(self.RULE, max_removed=0.35).clean(lines).refused
        assert cleaner(self.RULE, max_removed=0.34).clean(lines).refused

    def test_nothing_may_go(self) -> None:
        assert cleaner(self.RULE, max_removed=0).clean(self.LINES).refused


class TestClean:
    def test_nothing_found_is_still_normalized(self) -> None:
        cleaned = cleaner(JUNK).clean("a \r\n\r\n\r\nb")
        assert (cleaned.kept, cleaned.text, cleaned.removals) == ("a \r\n\r\n\r\nb", "a\n\nb\n", ())
        assert cleaned.changed

    @pytest.mark.parametrize("empty", ["", "\n", "junk", "junk\njunk\n"])
    def test_nothing_left(self, empty: str) -> None:
        assert cleaner(JUNK).clean(empty).text == ""

    def test_a_text_becomes_a_document(self) -> None:
        assert cleaner(JUNK).clean("a\n", "https://example.com/").document == Document("", "a\n", "https://example.com/")

    def test_the_document_comes_back(self) -> None:
        document = Document("x", "junk\n", metadata={"title": "t"})
        assert cleaner(JUNK).clean(document).document is document

    def test_html(self) -> None:
        page = (
            "<html><head><title>Mill</title></head><body><article>"
            + "".join(f"<p>{line}</p>" for line in given.paragraphs(4))
            + "<p>Junk</p></article></body></html>"
        )
        assert cleaner(JUNK).clean_html(page).text == text("Mill", *given.paragraphs(4))

    def test_rule_by_id(self) -> None:
        assert cleaner(JUNK).rule("one/a").pattern == "junk"

    @hypothesis_given(st.text(st.sampled_from("ab \n\r\u200be\u0301!junk\u00ad\u3000"), max_size=80))
    def test_lossless_and_idempotent_by_made_up_rules(self, original: str) -> None:
        made = cleaner(rule("span = '!+|k b'", "s") + rule("line = 'junk|.*a'", "l") + rule("repeat = 'line'", "r"))
        cleaned = made.clean(original)
        assert restore(cleaned.kept, cleaned.removals) == original
        assert cleaned.text == normalize(cleaned.kept)
        again = made.clean(cleaned.text)
        assert (again.text, again.changed) == (cleaned.text, False)


class TestRules:
    def test_profile(self) -> None:
        rules = given.ruleset(
            rule("line = 'safe'", "s")
            + rule("line = 'bold'\nconfidence = 'aggressive'", "b")
            + rule("line = 'seen'\nconfidence = 'report'", "r")
        )
        lines = text("safe", "bold", "seen")
        assert Cleaner(rules).clean(lines).text == text("bold", "seen")
        assert Cleaner(rules, profile="aggressive").clean(lines).text == text("seen")

    def test_select_and_ignore(self) -> None:
        rules = given.ruleset(rule("line = 'a'", "a") + rule("line = 'b'", "b"), rule("line = 'c'", "c"))
        lines = text("a", "b", "c")
        assert Cleaner(rules, select=["one/a", "two"]).clean(lines).text == text("b")
        assert Cleaner(rules, ignore=["one/*"]).clean(lines).text == text("a", "b")

    def test_files_stack_on_the_shipped_rules(self, tmp_path: Path, few_rules: Path) -> None:
        file = tmp_path / "own.toml"
        file.write_text(given.filled(rule("line = 'our own junk'", "ours")))
        made = Cleaner([file])
        assert made.clean(text("our own junk", "a", "Advertisement")).text == "a\n"
        assert made.clean("our own junk\n").removals[0].rule == "own/ours"

    def test_wrong_rules_do_not_get_far(self, tmp_path: Path, few_rules: Path) -> None:
        file = tmp_path / "own.toml"
        file.write_text("[[rule]]\nid = 'a'\nlin = 'x'\n")
        with pytest.raises(RuleError, match='did you mean "line"'):
            Cleaner([file])
        with pytest.raises(ConfigError, match="no such rule file"):
            Cleaner([tmp_path / "none.toml"])


class TestPackage:
    def test_clean(self) -> None:
        assert package.clean("A dam broke on Monday.\n\nYour email address will not be published.\n") == "A dam broke on Monday.\n"

    def test_clean_html_with_and_without_title(self) -> None:
        page = (
            "<html><head><title>Mill</title></head><body><article><h1>Mill</h1>"
            + "".join(f"<p>{line}</p>" for line in given.paragraphs(4))
            + "</article></body></html>"
        )
        assert package.clean_html(page).startswith("Mill\n")
        assert package.clean_html(page.encode(), title=False) == text(*given.paragraphs(4))

    def test_names(self) -> None:
        assert all(getattr(package, name) for name in package.__all__)
        assert package.Cleaner is Cleaner
        with pytest.raises(AttributeError, match="cleanse"):
            package.cleanse  # noqa: B018
