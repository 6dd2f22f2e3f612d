from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from batches import CLEANER
from cleaner import removals
from cleaner.errors import ReadError

LINES = st.sampled_from(
    [
        "Advertisement",
        "The mill (share) was sold.",
        "",
        "  ",
        "caf\u0065\u0301\u00a0au lait ",
        "\u200bx",
        "\ufeff",
        "a\u2028b",
        "\ud800",
        "x\x0cy",
    ]
)
TEXTS = st.lists(st.tuples(LINES, st.sampled_from(["\n", "\n\n\n\n", "\r\n", "\r", ""]))).map(lambda parts: "".join(map("".join, parts)))


@given(TEXTS)
def test_the_original_comes_back_code_point_for_code_point(text: str) -> None:
    cleaned = CLEANER.clean(text)
    entry = json.loads(removals.to_line(removals.record(cleaned, 1)))
    assert removals.original(cleaned.text, entry) == text
    assert removals.changed(entry) == cleaned.changed


@given(TEXTS, TEXTS)
def test_edits_turn_one_text_into_another_whatever_they_are(one: str, other: str) -> None:
    edits = removals.edits(one, other)
    assert removals.undone(one, edits) == other
    assert all(edits[n][1] <= edits[n + 1][0] for n in range(len(edits) - 1))


def test_edits_are_few_where_little_differs() -> None:
    kept = "".join(f"line {n}\n\n" for n in range(500))
    text = kept.replace("line 7\n\n", "line 7\n").replace("line 300\n", "line 3oo\n")
    assert removals.edits(text, kept) == [
        (text.index("line 8"), text.index("line 8"), "\n"),
        (text.index("line 3oo"), text.index("line 3oo") + 9, "line 300\n"),
    ]


def test_a_text_that_was_changed_since(tmp_path: object) -> None:
    cleaned = CLEANER.clean("The mill.\nAdvertisement\n")
    entry = removals.record(cleaned, 1)
    with pytest.raises(ReadError, match="is not the one that was written"):
        removals.original("The hill.\n", entry)
    with pytest.raises(ReadError, match="are not as `clean batch --removals` writes them"):
        removals.original("The mill.\n", {"id": "a", "removals": [[1]]})
