from __future__ import annotations

import pytest

from cleaner.charset import unusual


@pytest.mark.parametrize(
    ("text", "held"),
    [
        ("", set()),
        ("Plain ASCII, 100 % of it!\n", set()),
        ("tab\tand `backtick` and \r", {"\t", "`", "\r"}),
        ("Köln – “東京”", {"ö", "–", "“", "東", "京", "”"}),
        ("lone \ud800 and \udfff", set("\ud800\udfff")),
        ("halves \ud83dx\ude00 stay apart", set("\ud83d" + "\ude00")),
    ],
)
def test_what_a_text_holds(text: str, held: set[str]) -> None:
    assert unusual(text) == held
