from __future__ import annotations

import sys
import unicodedata

import pytest
import regex
from hypothesis import given
from hypothesis import strategies as st

from cleaner.normalize import characters, fix_encoding, normalize, tidy

ODD = st.text(
    st.sampled_from(
        "ab \t\n\r\x0b\x0c\x85\u2028\u2029\u00a0\u3000\u200b\ufeff\u00ad\u200e\u202e\u2066\x00\x07\x7f\x9f\u200c\u200d"
        "e\u0301\u0327o\u0308\u212b\u212aSs\u1100\u1161\u11a8\u09c7\u09be\u0130\U0001f469\u2019\u201c"
    ),
    max_size=40,
)


class TestLineEnds:
    @pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\x0b", "\x0c", "\x85", "\u2028", "\u2029"])
    def test_become_lf(self, end: str) -> None:
        assert normalize(f"one{end}two{end}") == "one\ntwo\n"

    def test_crlf_is_one_line_end(self) -> None:
        assert characters("a\r\n\r\nb")[0] == "a\n\nb"


class TestSpaces:
    @pytest.mark.parametrize("space", "\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000")
    def test_odd_ones_become_a_space(self, space: str) -> None:
        assert normalize(f"a{space}b") == "a b\n"

    def test_tabs_stay_inside_a_line(self) -> None:
        assert normalize("a\tb\n") == "a\tb\n"

    def test_indentation_stays(self) -> None:
        assert normalize("  a\n    b\n") == "  a\n    b\n"

    @pytest.mark.parametrize("space", [" ", "\t", " \t ", "\u00a0"])
    def test_trailing_ones_go(self, space: str) -> None:
        assert normalize(f"a{space}\nb{space}") == "a\nb\n"

    def test_a_long_run_inside_a_line_takes_no_longer_than_reading_it(self) -> None:
        run = " " * 300_000
        assert tidy(f"a{run}b \nc\n") == f"a{run}b\nc\n"


class TestInvisible:
    @pytest.mark.parametrize(
        "mark",
        [
            *"\u200b\u2060\u2061\u2064\ufeff\u00ad\u180e\u200e\u200f\u061c\u202a\u202e\u2066\u2069\u206a\u206f\ufff9\ufffb",
            *"\x00\x01\x08\x0e\x1b\x1f\x7f\x81\x8d\x90\x9d",
        ],
    )
    def test_goes(self, mark: str) -> None:
        assert normalize(f"{mark}a{mark}b{mark}") == "ab\n"

    @pytest.mark.parametrize(("control", "printed"), [("\x80", "€"), ("\x92", "’"), ("\x96", "–"), ("\x9c", "œ"), ("\x9f", "Ÿ")])
    def test_what_windows_prints_is_printed(self, control: str, printed: str) -> None:
        assert normalize(f"it{control}s\n") == f"it{printed}s\n"

    @pytest.mark.parametrize("joiner", "\u200c\u200d")
    def test_joiners_stay(self, joiner: str) -> None:
        assert normalize(f"می{joiner}خواهم\n") == f"می{joiner}خواهم\n"

    def test_family_emoji_stays_whole(self) -> None:
        family = "\U0001f468\u200d\U0001f469\u200d\U0001f467\n"
        assert normalize(family) == family


class TestComposition:
    def test_nfc(self) -> None:
        assert normalize("Cafe\u0301\n") == "Café\n"

    def test_after_an_invisible_mark_is_gone(self) -> None:
        assert normalize("e\u200b\u0301\n") == "é\n"

    def test_every_pair_that_composes_is_one_cluster(self) -> None:
        """``characters`` composes cluster by cluster and so relies on this."""
        for code in range(sys.maxunicode + 1):
            parts = unicodedata.decomposition(chr(code)).split()
            if len(parts) != 2 or parts[0].startswith("<"):
                continue
            pair = "".join(chr(int(part, 16)) for part in parts)
            if unicodedata.normalize("NFC", pair) == chr(code):
                assert regex.fullmatch(r"\X", pair), hex(code)


class TestBlankLines:
    def test_a_run_becomes_one(self) -> None:
        assert normalize("a\n\n\n\n \nb\n") == "a\n\nb\n"

    def test_one_stays(self) -> None:
        assert normalize("a\n\nb\n") == "a\n\nb\n"

    def test_leading_ones_go_and_indentation_stays(self) -> None:
        assert normalize("\n \t\n  a\n") == "  a\n"

    @pytest.mark.parametrize("ending", ["", "\n", "\n\n\n", " \n\t\n "])
    def test_one_final_newline(self, ending: str) -> None:
        assert normalize(f"a{ending}") == "a\n"

    @pytest.mark.parametrize("nothing", ["", "\n", " ", " \n\t\n", "\u200b", "\r\n\r\n", "\ufeff"])
    def test_nothing_gives_nothing(self, nothing: str) -> None:
        assert normalize(nothing) == ""


def test_quotes_and_dashes_are_left_alone() -> None:
    said = "“It’s ‘fine’” – she said — «oui»… 1′ 2″\n"
    assert normalize(said) == said


class TestOffsets:
    def test_none_where_nothing_changes(self) -> None:
        assert characters("plain\n") == ("plain\n", None)
        assert characters("schön\n") == ("schön\n", None)

    def test_tell_where_each_character_came_from(self) -> None:
        settled, offsets = characters("a\u200bb\r\nc")
        assert settled == "ab\nc"
        assert list(offsets or ()) == [0, 2, 3, 5, 6]

    def test_a_composed_character_starts_where_its_first_part_did(self) -> None:
        settled, offsets = characters("xe\u0301y")
        assert settled == "xéy"
        assert list(offsets or ()) == [0, 1, 3, 4]

    def test_a_decomposed_character_ends_with_its_cluster(self) -> None:
        # U+0958 is excluded from composition: NFC makes two characters of it.
        settled, offsets = characters("a\u0958b")
        assert settled == "a\u0915\u093cb"
        assert list(offsets or ()) == [0, 1, 2, 2, 3]

    @given(ODD)
    def test_are_one_for_each_character_and_never_go_back(self, text: str) -> None:
        settled, offsets = characters(text)
        if offsets is None:
            assert len(settled) == len(text)
            return
        assert len(offsets) == len(settled) + 1
        assert offsets[-1] == len(text)
        assert list(offsets) == sorted(offsets)

    @given(ODD, st.data())
    def test_cut_the_text_where_the_settled_text_is_cut(self, text: str, data: st.DataObject) -> None:
        """At the end of a line, where rules cut, the two parts settle to the two parts of the whole."""
        settled, offsets = characters(text)
        breaks = [index + 1 for index, mark in enumerate(settled) if mark == "\n"]
        if not breaks or offsets is None:
            return
        at = data.draw(st.sampled_from(breaks))
        assert characters(text[: offsets[at]])[0] == settled[:at]
        assert characters(text[offsets[at] :])[0] == settled[at:]


@given(ODD | st.text(max_size=60))
def test_idempotent(text: str) -> None:
    once = normalize(text)
    assert normalize(once) == once


@given(ODD | st.text(max_size=60))
def test_result_is_plain(text: str) -> None:
    done = normalize(text)
    assert unicodedata.is_normalized("NFC", done)
    assert not regex.search(r"[^\P{C}\n\t\u200c\u200d\p{Cn}\p{Co}\p{Cs}]", regex.sub(_FORMAT_THAT_STAYS, "", done))
    assert "\n\n\n" not in done
    assert not regex.search(r"[ \t]$", done, regex.MULTILINE)
    assert done == "" or (done.endswith("\n") and not done.endswith("\n\n") and not done.startswith("\n"))


#: Format characters that are part of a script or of music, tags of flags, Arabic number signs.
_FORMAT_THAT_STAYS = r"[\u0600-\u0605\u06dd\u070f\u0890\u0891\u08e2\U000110bd\U000110cd\U00013430-\U0001345f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f\u2065]"


@given(st.text(st.characters(exclude_categories=["C", "Z", "M"]), min_size=1, max_size=30))
def test_visible_composed_characters_stay(text: str) -> None:
    composed = unicodedata.normalize("NFC", text)
    assert normalize(composed) == composed + "\n"


def test_fix_encoding_repairs_mojibake_and_leaves_quotes_curly() -> None:
    assert fix_encoding("sÃ¶ “so”") == "sö “so”"
    assert fix_encoding("plain “quoted” text") == "plain “quoted” text"
