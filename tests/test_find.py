"""Each kind of rule on lines made for it."""

from __future__ import annotations

import pytest

import given
from cleaner import find, looks, phrases, repeats
from cleaner.errors import RuleTimeout
from cleaner.prefilter import Everything
from cleaner.types import Document
from given import LONG, PROSE, cleaner, gone, paragraphs, rule, text


class TestLine:
    @pytest.mark.parametrize(
        "junk", ["Share this", "SHARE THIS", "  Share this  ", "• Share this →", "— Share\u00a0this —", "Ｓｈａｒｅ this"]
    )
    def test_whole_line_whatever_its_case_typography_and_decoration(self, junk: str) -> None:
        assert gone(cleaner(rule("line = 'share this'")), text("One.", junk, "Two.")) == [junk]

    @pytest.mark.parametrize("gold", ["Share this with friends", "Please share this", "Share this."])
    def test_nothing_less(self, gold: str) -> None:
        assert gone(cleaner(rule("line = 'share this'")), text(gold)) == []

    def test_case_counts_where_the_pattern_says_so(self) -> None:
        made = cleaner(rule("line = '(?-i:SHARE) this'"))
        assert gone(made, text("SHARE This", "Share this")) == ["SHARE This"]

    def test_takes_its_line_end_along(self) -> None:
        made = cleaner(rule("line = 'junk'"))
        assert made.clean("a\njunk\nb").kept == "a\nb"
        assert made.clean("a\njunk").kept == "a\n"

    def test_each_of_many(self) -> None:
        assert gone(cleaner(rule("line = 'junk \\d'")), text("junk 1", "a", "junk 2")) == ["junk 1", "junk 2"]

    def test_of_two_rules_the_first_named_has_it(self) -> None:
        made = cleaner(rule("line = 'junk.*'", "first") + rule("line = 'junk'", "second"))
        assert [removal.rule for removal in made.clean("junk\n").removals] == ["one/first"]

    def test_long_prose_goes_where_it_is_named(self) -> None:
        assert gone(cleaner(rule("line = 'the council met .*'")), text(LONG)) == [LONG]

    def test_when(self) -> None:
        made = cleaner(rule("line = 'junk'\nwhen = { last = 1 }"))
        assert gone(made, text("junk", "a")) == []
        assert gone(made, text("a", "junk")) == ["junk"]

    def test_unless(self) -> None:
        made = cleaner(rule("line = 'junk .*'\nunless = 'river'"))
        assert gone(made, text("junk by the River", "junk by the lake")) == ["junk by the lake"]


class TestSpan:
    def cut(self, pattern: str, line: str) -> str:
        return cleaner(rule(f"span = '{pattern}'")).clean(line + "\n").text

    def test_only_the_match(self) -> None:
        assert self.cut(r"\(photo: [^)]*\)", "The bridge (Photo: A. Lee) is closed.") == "The bridge is closed.\n"

    def test_an_empty_match_is_nothing(self) -> None:
        assert gone(cleaner(rule("span = 'x*'")), text("ab xx cd")) == ["xx "]

    def test_at_the_start(self) -> None:
        assert self.cut(r"^advertisement\b", "Advertisement The bridge is closed.") == "The bridge is closed.\n"

    def test_at_the_end(self) -> None:
        assert self.cut(r"read more$", "The bridge is closed. Read more  ") == "The bridge is closed.\n"

    def test_between_spaces_one_is_left(self) -> None:
        assert self.cut("x+", "a xx b") == "a b\n"

    def test_inside_a_word_nothing_is_added(self) -> None:
        assert self.cut("x+", "axxb") == "ab\n"

    def test_more_than_one(self) -> None:
        assert self.cut("x+", "a xx b xx c") == "a b c\n"

    def test_the_whole_line_takes_its_line_end_along(self) -> None:
        assert cleaner(rule("span = 'x+'")).clean("a\n  xx  \nb\n").kept == "a\nb\n"

    def test_indentation_before_it_stays_out_of_the_way(self) -> None:
        assert self.cut("x+", "  xx a") == "  a\n"

    def test_an_empty_match_removes_nothing(self) -> None:
        assert gone(cleaner(rule("span = 'x*'")), "ab\n") == []

    def test_sees_decoration(self) -> None:
        assert self.cut(r"^\* ", "* a") == "a\n"

    def test_when_and_protect(self) -> None:
        made = cleaner(rule("span = ' xx'\nwhen = { first = 1 }") + "[[protect]]\npattern = 'keep'\n")
        assert gone(made, text("a xx b", "a xx b")) == [" xx"]
        assert gone(made, text("keep xx b")) == []

    def test_a_line_that_goes_whole_takes_its_spans_along(self) -> None:
        made = cleaner(rule("span = 'xx'", "s") + rule("line = 'a xx b'", "l"))
        assert [(removal.rule, removal.text) for removal in made.clean("a xx b\nc\n").removals] == [("one/l", "a xx b\n")]

    def test_in_text_after_a_removed_line(self) -> None:
        made = cleaner(rule("span = ' ?xx'", "s") + rule("line = 'junk'", "l"))
        assert made.clean("junk\na xx b\n").text == "a b\n"


class TestBlock:
    RULE = rule("block = { from = 'begin', to = 'end', max_lines = 4 }")

    def test_from_line_to_line(self) -> None:
        assert gone(cleaner(self.RULE), text("a", "Begin", "x", "", "y", "End", "b")) == ["Begin", "x", "y", "End"]

    def test_without_an_end_nothing(self) -> None:
        assert gone(cleaner(self.RULE), text("begin", "x", "y")) == []

    def test_no_longer_than_it_may_be(self) -> None:
        assert gone(cleaner(self.RULE), text("begin", "x", "y", "end")) != []
        assert gone(cleaner(self.RULE), text("begin", "x", "y", "z", "end")) == []

    def test_the_first_end_counts(self) -> None:
        assert gone(cleaner(self.RULE), text("begin", "end", "a", "end")) == ["begin", "end"]

    def test_begin_is_not_its_own_end(self) -> None:
        made = cleaner(rule("block = { from = 'x', to = 'x' }"))
        assert gone(made, text("x", "a")) == []
        assert gone(made, text("x", "a", "x", "b")) == ["x", "a", "x"]

    def test_not_across_long_prose(self) -> None:
        assert gone(cleaner(self.RULE), text("begin", LONG, "end")) == []
        assert gone(cleaner(self.RULE), text("begin", PROSE, "end")) == ["begin", PROSE, "end"]

    def test_long_prose_may_be_the_end_that_is_named(self) -> None:
        made = cleaner(rule("block = { from = 'begin', to = 'the council met .*' }"))
        assert gone(made, text("begin", LONG)) == ["begin", LONG]

    def test_when_is_asked_of_the_beginning(self) -> None:
        made = cleaner(rule("block = { from = 'begin', to = 'end' }\nwhen = { first = 1 }"))
        assert gone(made, text("begin", "end", "begin", "end")) == ["begin", "end", "begin", "end"]
        assert gone(made, text("a", "begin", "end")) == []


class TestAfter:
    RULE = rule("after = 'related'\nmax_lines = 3")

    def test_the_marker_and_what_is_unfinished_below(self) -> None:
        assert gone(cleaner(self.RULE), text("a", "Related", "One thing", "Another", "", "Text begins.", "b")) == [
            "Related",
            "One thing",
            "Another",
        ]

    def test_no_more_than_it_may_take(self) -> None:
        assert gone(cleaner(self.RULE), text("Related", *"abcd")) == ["Related", *"abc"]

    def test_a_long_line_ends_it(self) -> None:
        assert gone(cleaner(self.RULE), text("Related", "word " * 24 + "word", "b")) == ["Related"]

    def test_a_title_may_ask_or_call(self) -> None:
        assert gone(cleaner(self.RULE), text("Related", "Who owns the pier?", "Save the pier!", "The pier is old.", "b")) == [
            "Related",
            "Who owns the pier?",
            "Save the pier!",
        ]
        assert gone(cleaner(self.RULE), text("Related", "Who " + "really " * 13 + "owns?", "b")) == ["Related"]

    @pytest.mark.parametrize(
        "entry", ["9.05 - The gates are open", "14:30: The bell is back", "[7h30] Le pont ferme", "3:15pm", "09 h 12 Retour"]
    )
    def test_the_next_entry_of_a_live_page_ends_it(self, entry: str) -> None:
        assert gone(cleaner(self.RULE), text("Related", "One thing", entry, "The mayor came")) == ["Related", "One thing"]

    def test_titles_with_their_times_are_no_entries(self) -> None:
        assert gone(cleaner(self.RULE), text("Related", "14:30 One thing", "14:10 Another", "b")) == [
            "Related",
            "14:30 One thing",
            "14:10 Another",
            "b",
        ]

    def test_nor_is_the_head_of_a_table_a_marker(self) -> None:
        assert gone(cleaner(self.RULE), text("Related", "Last", "Change", "120.13", "-1.93")) == []
        assert (
            gone(cleaner(rule("tail = 'related'\nwhen = { max_words = 3 }")), text(*paragraphs(5), "Related", "Mills", "+2.2 %", "-4,9 %"))
            == []
        )
        assert gone(cleaner(self.RULE), text("Related", "A mill", "12", "A bridge")) == ["Related", "A mill", "12", "A bridge"]

    @pytest.mark.parametrize("teaser", ["4.85 / 5", "24.47", "$18.20", "7:15:02", "1.99 \u20ac", "2024:15 reasons"])
    def test_other_numbers_are_no_times(self, teaser: str) -> None:
        assert gone(cleaner(self.RULE), text("Related", "One thing", teaser)) == ["Related", "One thing", teaser]

    def test_at_the_end_of_the_text(self) -> None:
        assert gone(cleaner(self.RULE), text("a", "Related")) == ["Related"]

    def test_when_is_asked_of_each_line(self) -> None:
        made = cleaner(rule("after = 'related'\nwhen = { max_words = 1 }"))
        assert gone(made, text("related", "a b", "c", "Ends.")) == ["related", "c"]

    def test_takes_no_more_than_what_a_protection_leaves(self) -> None:
        made = cleaner(self.RULE + "[[protect]]\npattern = 'keep'\n")
        assert gone(made, text("Related", "keep me", "junk")) == ["Related", "junk"]


class TestCut:
    """``cut`` of a tail rule, with the profile `aggressive`: whole pages have more known wording under an article."""

    RULES = rule("tail = 'comments'\ncut = 0.3\nwhen = { max_words = 1 }") + rule("line = 'share|log in'", "b")
    BELOW = ("Comments", "Anna", "3 May", LONG, "Share", "Log in")

    def test_all_below_the_marker_goes(self) -> None:
        assert gone(cleaner(self.RULES), text(*paragraphs(6), *self.BELOW)) == list(self.BELOW)

    def test_not_with_the_profile_safe(self) -> None:
        assert gone(cleaner(self.RULES, profile="safe"), text(*paragraphs(6), *self.BELOW)) == ["Share", "Log in"]

    def test_not_with_more_prose_than_it_may_take(self) -> None:
        assert gone(cleaner(self.RULES), text(*paragraphs(3), *self.BELOW)) == ["Share", "Log in"]

    def test_not_without_known_wording_below(self) -> None:
        assert LONG not in gone(cleaner(self.RULES), text(*paragraphs(6), "Comments", "Anna", "3 May", LONG, "Share"))

    def test_not_below_a_marker_that_every_post_has(self) -> None:
        assert gone(cleaner(self.RULES), text("Comments", "Comments", *paragraphs(6), *self.BELOW))[-6:] == list(self.BELOW)
        assert LONG not in gone(cleaner(self.RULES), text("Comments", "Comments", "Comments", *paragraphs(6), *self.BELOW))

    def test_not_where_the_article_goes_on(self) -> None:
        below = ("Comments", *paragraphs(2), "Share", "Log in")
        assert gone(cleaner(self.RULES), text(*paragraphs(9), *below)) == ["Share", "Log in"]


class TestTail:
    def test_from_the_marker_to_the_end(self) -> None:
        lines = [*paragraphs(3), "Comments", "One", "Two.", PROSE]
        assert gone(cleaner(rule("tail = 'comments'\nmax_prose_share = 0.25")), text(*lines)) == ["Comments", "One", "Two.", PROSE]

    def test_not_with_more_prose_than_it_may_take(self) -> None:
        lines = [*paragraphs(3), "Comments", PROSE]
        assert gone(cleaner(rule("tail = 'comments'\nmax_prose_share = 0.1")), text(*lines)) == []

    def test_needs_three_prose_lines_before_it(self) -> None:
        made = cleaner(rule("tail = 'comments'"))
        assert gone(made, text(*paragraphs(2), "Comments", "a")) == []
        assert gone(made, text(*paragraphs(3), "Comments", "a")) == ["Comments", "a"]

    def test_long_prose_stays(self) -> None:
        made = cleaner(rule("tail = 'comments'\nmax_prose_share = 1.0"))
        assert gone(made, text(*paragraphs(3), "Comments", LONG, "a")) == ["Comments", "a"]

    def test_the_first_marker_that_fits_counts(self) -> None:
        made = cleaner(rule("tail = 'comments'"))
        assert gone(made, text(*paragraphs(3), "Comments", *paragraphs(2), "Comments", "a")) == ["Comments", "a"]

    def test_when_is_asked_of_each_line(self) -> None:
        made = cleaner(rule("tail = 'comments'\nwhen = { max_words = 1 }"))
        assert gone(made, text(*paragraphs(3), "Comments", "one two", "one")) == ["Comments", "one"]

    def test_a_marker_under_each_post_ends_no_page(self) -> None:
        made = cleaner(rule("tail = 'comments'"))
        assert gone(made, text(*paragraphs(9), *["Comments"] * 3, "a")) == [*["Comments"] * 3, "a"]
        assert gone(made, text(*paragraphs(9), *["Comments"] * 4, "a")) == []


class TestRemnant:
    RULE = rule("remnant = 2\nwhen = { max_words = 2 }") + rule("line = 'junk.*'\nwhen = { noterm = 9 }", "b")

    def taken(self, *lines: str) -> list[str]:
        """What only the remnant rule takes."""
        return [removal.text.strip() for removal in cleaner(self.RULE).clean(text(*lines)).removals if removal.rule == "one/a"]

    def test_a_line_among_lines_that_go(self) -> None:
        assert self.taken("x", "junk 1", "junk 2", "left", "junk 3", "junk 4", "y") == ["left"]

    def test_not_with_fewer_of_them_on_either_side(self) -> None:
        assert self.taken("x", "junk 2", "left", "junk 3", "junk 4") == []
        assert self.taken("junk 1", "junk 2", "left", "junk 3", "y") == []

    def test_asks_about_place_and_shape_as_in_the_whole_text(self) -> None:
        assert self.taken("junk 1", "junk 2", "left over here", "junk 3", "junk 4") == []

    def test_lines_that_go_in_later_passes_count(self) -> None:
        made = cleaner(self.RULE + rule("line = 'late'\nwhen = { last = 1 }", "c"))
        lines = ["x", "junk 1", "junk 2", "left", "late", "late", "y", "junk"]
        assert gone(made, text(*lines)) == ["junk 1", "junk 2", "junk"]
        assert gone(made, text(*(line for line in lines if line != "y"))) == ["junk 1", "junk 2", "left", "late", "late", "junk"]

    def test_what_goes_inside_a_line_does_not_count(self) -> None:
        made = cleaner(self.RULE + rule("span = ' ad'", "c"))
        assert gone(made, text("junk 1", "junk 2", "left", "a ad", "junk 4")) == ["junk 1", "junk 2", " ad", "junk 4"]

    def test_long_prose_stays(self) -> None:
        made = cleaner(rule("remnant = 1\nwhen = { min_words = 1 }") + rule("line = 'junk.*'", "b"))
        assert gone(made, text("junk 1", LONG, "junk 2", PROSE, "junk 3")) == ["junk 1", "junk 2", PROSE, "junk 3"]

    def test_protected_lines_stay(self) -> None:
        protect = "[[protect]]\npattern = 'left'\nwhy = 'x.'\n"
        assert gone(cleaner(self.RULE + protect), text("junk 1", "junk 2", "left", "junk 3", "junk 4")) == [
            "junk 1",
            "junk 2",
            "junk 3",
            "junk 4",
        ]

    def test_a_pattern_that_takes_too_long_is_named(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(looks, "TIMEOUT", 1e-9)
        made = cleaner(rule("remnant = 1\nwhen = { max_words = 9 }\nunless = '(a|aa)+!'") + rule("line = 'junk.*'", "b"))
        with pytest.raises(RuleTimeout, match="one/a"):
            made.clean(text("junk 1", "a" * 5000, "junk 2"))

    def test_offsets_of_a_text_with_invisible_characters(self) -> None:
        made = cleaner(self.RULE)
        document = "\ufeffjunk\u200b 1\r\njunk 2\r\nle\u00adft\r\njunk 3\r\njunk 4\r\ny\r\n"
        cleaned = made.clean(document)
        assert cleaned.text == "y\n"
        assert [document[removal.start : removal.end] for removal in cleaned.removals] == [removal.text for removal in cleaned.removals]


class TestLines:
    def test_shape_and_place_alone(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = { last = 2, max_words = 2 }"))
        assert gone(made, text("a", "b c d", "b c", "e f g")) == ["b c"]

    def test_what_can_be_the_title_stays(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = { max_words = 3 }"))
        assert gone(made, text("A mill burns", "a b c", "b c", LONG)) == ["a b c", "b c"]
        assert gone(made, text("Mill burns", "Old mill", LONG)) == ["Mill burns", "Old mill"]

    def test_long_prose_stays(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = { last = 9 }"))
        assert gone(made, text(LONG, PROSE)) == [PROSE]

    def test_a_choice_of_conditions(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = [{ bullet = true }, { min_words = 3, not = { prose = 3 } }]"))
        assert gone(made, text("- a", "b", "c d e", "c d e.")) == ["- a", "c d e"]

    def test_sees_the_phrases_of_other_rules(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = { near_phrase = 1 }") + rule("line = 'junk'\nwhen = { cluster = true }", "b"))
        assert gone(made, text("a", "junk", "c", "d")) == ["a", "junk", "c"]

    def test_common_words_are_no_phrase(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = { near_phrase = 1 }") + rule("line = ['junk', 'j.nk']\ncompany = false", "b"))
        assert gone(made, text("a", "junk", "c", "jank")) == ["junk", "jank"]

    def test_a_phrase_out_of_its_place_is_none(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = { near_phrase = 1 }") + rule("line = 'junk'\nwhen = { last = 1 }", "b"))
        assert gone(made, text("a", "junk", "c", "d")) == []
        assert gone(made, text("a", "b", "c", "junk")) == ["c", "junk"]

    def test_a_marker_counts_wherever_it_stands(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = { near_phrase = 1 }") + rule("after = 'junk'\nwhen = { last = 1 }", "b"))
        assert gone(made, text("a", "junk", "c", "d", "e.")) == ["a", "junk", "c"]

    def test_a_span_is_no_phrase(self) -> None:
        made = cleaner(rule("lines = 'structural'\nwhen = { near_phrase = 1 }") + rule("span = ' junk'", "b"))
        assert gone(made, text("a junk", "c")) == [" junk"]


class TestRepeat:
    def test_title(self) -> None:
        title = "Ferry stops for the winter"
        made = cleaner(rule("repeat = 'title'"))
        assert gone(made, Document("", text("x", title, "y", title), metadata={"title": title})) == [title]
        assert gone(made, text(title, "x", title)) == [title]

    def test_a_long_paragraph_is_no_title(self) -> None:
        made = cleaner(rule("repeat = 'title'"))
        assert gone(made, text(LONG, "x", LONG)) == []

    def test_line(self) -> None:
        assert gone(cleaner(rule("repeat = 'line'\nwhen = { max_words = 2 }")), text("a b", "c d e", "A b", "c d e")) == ["A b"]

    def test_nothing_where_no_line_is_asked_for(self) -> None:
        assert gone(cleaner(rule("repeat = 'line'\nwhen = { bullet = true }")), text("a b", "c", "a b")) == []

    def test_passage(self) -> None:
        assert gone(cleaner(rule("repeat = 'passage'")), text("We were afraid", "She said: we were afraid of it.")) == ["We were afraid"]

    def test_passage_ignoring(self) -> None:
        made = cleaner(rule("repeat = { of = 'passage', ignoring = 'tweet this' }"))
        assert gone(made, text("We were afraid. Tweet this", "Then we were afraid.", "Then")) == ["We were afraid. Tweet this"]


class TestMetadata:
    def test_a_line_that_is_nothing_else(self) -> None:
        made = cleaner(rule("metadata = ['author', 'date']"))
        document = Document(
            "",
            text("By Ann Lee", "The Post", "4 March 2024", "Ann Lee sang."),
            metadata={"author": "Ann Lee", "date": "2024-03-04", "site": "The Post"},
        )
        assert gone(made, document) == ["By Ann Lee", "4 March 2024"]

    def test_nothing_known(self) -> None:
        assert gone(cleaner(rule("metadata = ['author']")), "By Ann Lee\n") == []

    def test_when(self) -> None:
        made = cleaner(rule("metadata = ['site']\nwhen = { first = 1 }"))
        assert gone(made, Document("", text("a", "The Post"), metadata={"site": "The Post"})) == []


def test_html_rules_do_nothing_to_text() -> None:
    assert gone(cleaner(rule("html = { tokens = ['share'] }")), "share\n") == []


class TestProtect:
    @pytest.mark.parametrize("body", ["line = '.*junk.*'", "span = 'junk'", "lines = 'structural'\nwhen = { last = 9 }", "repeat = 'line'"])
    def test_outranks_every_kind(self, body: str) -> None:
        lines = text("x", "Junk of gold", "Junk of gold")
        assert "Junk of gold" not in gone(cleaner(rule(body) + "[[protect]]\npattern = '\\bgold\\b'\n"), lines)
        assert gone(cleaner(rule(body)), lines) != []

    @pytest.mark.parametrize(
        ("names", "kept"), [("'one/a'", True), ("'one'", True), ("'one/*'", True), ("'*'", True), ("'two', 'one/b'", False)]
    )
    def test_from_the_rules_it_names(self, names: str, kept: bool) -> None:
        made = cleaner(rule("line = 'junk'") + f"[[protect]]\npattern = 'junk'\nrules = [{names}]\n")
        assert (gone(made, "junk\n") == []) is kept

    def test_only_beside_what_it_names(self) -> None:
        made = cleaner(rule("line = 'junk'") + "[[protect]]\npattern = '\\w'\nbeside = ['a Licence of', 'no such text']\n")
        assert gone(made, text("junk", "This is A LICENCE", "of a kind.")) == []
        assert gone(made, text("junk", "This is a letter.")) == ["junk"]

    def test_lines_of_some_words(self) -> None:
        made = cleaner(rule("line = '.*junk'") + "[[protect]]\npattern = 'junk'\nmin_words = 3\n")
        assert gone(made, text("some junk", "this is junk")) == ["some junk"]

    def test_not_from_what_is_inside_a_line(self) -> None:
        made = cleaner(rule("line = '.*junk'", "l") + rule("span = ' trash$'", "s") + "[[protect]]\npattern = 'a'\ninside = false\n")
        assert gone(made, text("a junk", "a trash")) == [" trash"]
        assert gone(cleaner(rule("span = 'a junk'") + "[[protect]]\npattern = 'a'\ninside = false\n"), text("a junk")) == []

    def test_spans_beside_what_it_names(self) -> None:
        made = cleaner(rule("span = ' junk'") + "[[protect]]\npattern = '\\w'\nbeside = ['licence']\n")
        assert gone(made, text("some junk", "a licence")) == []
        assert gone(made, text("some junk", "a letter")) == [" junk"]

    def test_sees_the_whole_line_folded(self) -> None:
        made = cleaner(rule("line = 'it.s junk'") + '[[protect]]\npattern = "^- it\'s"\n')
        assert gone(made, text("– It’s junk", "It’s junk")) == ["It’s junk"]


class TestGates:
    def test_sites(self) -> None:
        made = cleaner(rule("line = 'junk'\nsites = ['example.com']"))
        assert gone(made, "junk\n", "https://www.example.com/a") == ["junk"]
        assert gone(made, "junk\n", "https://example.org/") == []
        assert gone(made, "junk\n") == []

    def test_langs(self) -> None:
        made = cleaner(rule("line = 'junk'\nlangs = ['de']"))
        assert gone(made, Document("", "junk\n", metadata={"language": "de"})) == ["junk"]
        assert gone(made, Document("", "junk\n", metadata={"language": "en"})) == []

    def test_with_other_conditions(self) -> None:
        made = cleaner(rule("line = 'junk'\nsites = ['example.com']\nwhen = [{ first = 1 }, { last = 1 }]"))
        assert gone(made, text("junk", "a", "junk", "b", "junk"), "https://example.com/") == ["junk", "junk"]
        assert gone(made, text("a", "junk", "b"), "https://example.com/") == []

    def test_not_on_a_site(self) -> None:
        made = cleaner(rule("line = 'junk'\nwhen = { not = { sites = ['example.com'] } }"))
        assert gone(made, "junk\n", "https://example.com/") == []
        assert gone(made, "junk\n") == ["junk"]

    def test_a_rule_of_another_site_is_not_even_tried(self) -> None:
        made = cleaner(rule("line = '(?:a|aa)+'\nsites = ['example.com']"), prefilter=Everything)
        assert gone(made, "a" * 200 + "!\n") == []


class TestTimeout:
    def test_names_the_rule(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(phrases, "TIMEOUT", 0.01)
        made = cleaner(rule("line = '(?:a|aa)+'"))
        with pytest.raises(RuleTimeout, match="one/a ran longer than 0.01 s"):
            made.clean("a" * 200 + "!" + "a\n")

    @pytest.mark.parametrize("body", ["block = { from = 'a', to = '(?:a|aa)+' }", "span = 'a|!(?:a|aa)+$'"], ids=["block", "span"])
    def test_of_a_pattern_that_is_tried_later(self, body: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(find, "TIMEOUT", 0.01)
        made = cleaner(rule(body))
        with pytest.raises(RuleTimeout, match="one/a"):
            made.clean("a\n!" + "a" * 200 + "!\n" + "a" * 200 + "!\n")


def test_a_condition_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(looks, "TIMEOUT", 0.01)
    made = cleaner(rule("line = 'share.*'\nwhen = { unless = '(?:a|aa)+$' }"))
    with pytest.raises(RuleTimeout, match="one/a"):
        made.clean("share " + "a" * 200 + "!\n")


def test_a_repeat_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(repeats, "TIMEOUT", 0.01)
    made = cleaner(rule("repeat = { of = 'passage', ignoring = '!(?:a|aa)+$' }"))
    with pytest.raises(RuleTimeout, match="one/a"):
        made.clean("b a\n!" + "a" * 200 + "!\n")


def test_a_protection_that_takes_too_long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(find, "TIMEOUT", 0.01)
    made = cleaner(rule("line = 'share.*'") + "[[protect]]\npattern = '!(?:a|aa)+$'\n")
    with pytest.raises(RuleTimeout, match="protect at .*:"):
        made.clean("share !" + "a" * 200 + "!\n")


def test_rules_see_the_text_without_what_is_invisible_in_it() -> None:
    made = cleaner(rule("line = 'share this'"))
    assert gone(made, "a\n\u200bSha\u00adre\u00a0this\u200e\r\nb\r\n") == ["Sha\u00adre\u00a0this\u200e\r"]


def test_no_rules_no_removals() -> None:
    assert given.cleaner("").clean("a\n").removals == ()


class TestLinesThatComeAgain:
    RULES = rule("line = 'share'") + rule("span = ' ?\\(ad\\)'", "b") + rule("line = 'menu'\nsites = ['example.com']", "c")

    def test_are_judged_alike_in_every_document(self) -> None:
        made = cleaner(self.RULES)
        texts = ["share\nA mill (ad)\nmenu\nshare\n", "menu\nshare\n", "x\nshare\nA mill (ad)\n"]
        for url in (None, "https://example.com/a", None):
            for given_text in texts:
                assert made.clean(given_text, url) == cleaner(self.RULES).clean(given_text, url)

    def test_what_a_line_says_with_its_decoration_counts(self) -> None:
        made = cleaner(rule("span = '^\\* mill'"))
        assert made.clean("mill\n").text == "mill\n"
        assert made.clean("* mill\n").text == ""
        assert made.clean("mill\n").text == "mill\n"

    def test_only_short_ones_are_kept_and_so_many_at_most(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(phrases, "_REMEMBERED", 5)
        made = cleaner(self.RULES)
        for number in range(40):
            made.clean(f"Line {number}\nshare\n" + "long " * 30 + "\n")
            assert len(made._finder._phrases._recent) <= 5 + 2
            assert all(len(text) <= 100 for text in made._finder._phrases._recent)


class TestWholeSheets:
    RULES = rule("line = '(?:author|date): .*'") + "[[protect]]\npattern = '\\A[^:]+: .+\\Z'\nrun = 3\n"

    def test_fields_of_a_sheet_that_has_others_stay(self) -> None:
        assert gone(cleaner(self.RULES), text(LONG, "Author: Anna Moor", "Pages: 32", "Date: 4 May", LONG)) == []

    def test_a_sheet_of_nothing_else_goes(self) -> None:
        assert gone(cleaner(self.RULES), text(LONG, "Author: Anna Moor", "Author: Ben Quay", "Date: 4 May")) == [
            "Author: Anna Moor",
            "Author: Ben Quay",
            "Date: 4 May",
        ]

    def test_only_beside_what_it_names(self) -> None:
        made = cleaner(self.RULES + "beside = ['catalogue']\n")
        assert gone(made, text("Author: Anna Moor", "Pages: 32", "Date: 4 May")) == ["Author: Anna Moor", "Date: 4 May"]
        assert gone(made, text("Author: Anna Moor", "Pages: 32", "Date: 4 May", "", "The catalogue ends here.")) == []

    def test_two_fields_are_no_sheet(self) -> None:
        assert gone(cleaner(self.RULES), text("Pages: 32", "Date: 4 May", LONG)) == ["Date: 4 May"]


class TestBelowAProtectedLine:
    RULES = rule("line = 'anna.*|regards'") + "[[protect]]\npattern = '^regards'\nbelow = 2\n"

    def test_so_many_lines_stay_with_it(self) -> None:
        assert gone(cleaner(self.RULES), text("Anna", "Regards", "Anna A", "Anna B", "Anna C")) == ["Anna", "Anna C"]


class TestHeadings:
    """A label between paragraphs, where other lines head paragraphs that stay."""

    RULE = rule("line = 'newsletter|share'")
    HEADS = ("Costs", PROSE, "Staff", PROSE, "Plans", PROSE)

    def test_one_among_others_stays(self) -> None:
        assert gone(cleaner(self.RULE), text(PROSE, *self.HEADS, "Newsletter", PROSE)) == []

    def test_with_too_few_others_it_goes(self) -> None:
        assert gone(cleaner(self.RULE), text(PROSE, *self.HEADS[:4], "Newsletter", PROSE)) == ["Newsletter"]

    def test_one_that_comes_twice_goes(self) -> None:
        assert gone(cleaner(self.RULE), text(PROSE, *self.HEADS, "Share", PROSE, "Share", PROSE)) == ["Share", "Share"]

    def test_one_with_no_paragraph_below_goes(self) -> None:
        assert gone(cleaner(self.RULE), text(PROSE, *self.HEADS, "Newsletter")) == ["Newsletter"]

    def test_sentences_of_four_words_are_paragraphs(self) -> None:
        short = ["Closes the open window." if line == PROSE else line for line in (PROSE, *self.HEADS, "Newsletter", PROSE)]
        assert gone(cleaner(self.RULE), text(*short)) == []
        assert gone(cleaner(self.RULE), text(*(line.replace("Closes the", "An") for line in short))) == ["Newsletter"]


class TestMost:
    RULES = rule("line = 'rating: .*'\nmost = 2") + rule("lines = 'structural'\nwhen = { near_phrase = 1 }", "b")

    def test_of_a_few_different_lines_all_go_with_their_company(self) -> None:
        assert gone(cleaner(self.RULES), text("a", "Rating: 7", "Rating: 8", "Rating: 7", "b", "c")) == [
            "a",
            "Rating: 7",
            "Rating: 8",
            "Rating: 7",
            "b",
        ]

    def test_of_more_none_goes_and_none_is_known(self) -> None:
        assert gone(cleaner(self.RULES), text("a", "Rating: 7", "b", "Rating: 8", "c", "Rating: 9")) == []
