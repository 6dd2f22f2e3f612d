from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cleaner.fold import DECORATION, FOLDED, fold


@pytest.mark.parametrize(
    ("text", "folded"),
    [
        ("‘it’s’ ‚so‛ 5′ ´`", "'it's' 'so' 5' ''"),
        ("“so” „so‟ «so» 「so」 5″", '"so" "so" "so" "so" 5"'),
        ("a‐b‑c–d—e−f", "a-b-c-d-e-f"),
        ("a\tb\u00a0c\u2009d\u202fe\u3000f", "a b c d e f"),
        ("ＳＵＢＳＣＲＩＢＥ！（１）", "SUBSCRIBE!(1)"),
        ("more…", "more."),
        ("Größe, été, 東京", "Größe, été, 東京"),
        ("plain 'text' - \"here\"", "plain 'text' - \"here\""),
    ],
)
def test_variants_become_ascii(text: str, folded: str) -> None:
    assert fold(text) == folded


@given(st.text())
def test_length_and_idempotence(text: str) -> None:
    folded = fold(text)
    assert len(folded) == len(text)
    assert fold(folded) == folded


def test_line_ends_are_not_folded() -> None:
    assert fold("a\n“b”\n") == 'a\n"b"\n'


def test_each_maps_one_code_point_to_one_of_ascii() -> None:
    assert all(len(variant) == len(plain) == 1 and plain.isascii() for variant, plain in FOLDED.items())


def test_what_a_character_becomes_is_no_variant_itself() -> None:
    assert not FOLDED.keys() & set(FOLDED.values())


def test_only_full_width_letters_are_folded_among_letters() -> None:
    assert {variant for variant in FOLDED if variant.isalnum()} <= {chr(code) for code in range(0xFF01, 0xFF5F)} | set("\u02bc\u02b9")


def test_decoration_holds_no_letter_digit_or_sentence_end() -> None:
    information = "\u2139"
    assert not [mark for mark in DECORATION if mark != information and (mark.isalnum() or mark in ".!?\n")]
