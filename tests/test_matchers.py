"""Compiled patterns carried over do what compiled patterns do, and what does not fit is compiled anew."""

from __future__ import annotations

import pytest
import regex

from cleaner.matchers import build, frozen, thawed

PATTERNS = [
    "share this", r"(?:a|aa)+b", r"(?P<word>\w+) (?P=word)", r"(?<=s)kis(?!t)", r"(?i:Kiss)|(?-i:MASK)", r"\p{Lu}{2,}", "[^a-k]{3,9}?", "(?f)strasse",
    r"\bask\b.{0,20}$", "(?>ab|a)c", "(?:share){e<=1}", "東京|köln", r"(?r)abc",
]  # fmt: skip
TEXTS = [
    "Share this",
    "aaab",
    "go go",
    "skis",
    "KISS",
    "mask",
    "MASK",
    "ABC",
    "xyz",
    "straße",
    "please ask me",
    "abc",
    "shere",
    "東京",
    "KÖLN",
]


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_thawed_pattern_matches_the_same(pattern: str) -> None:
    data = frozen(pattern)
    assert data
    made, fresh = thawed(pattern, data), build(pattern)
    assert (made.pattern, made.flags, made.groupindex) == (fresh.pattern, fresh.flags, fresh.groupindex)
    for text in TEXTS:
        for way in ("search", "fullmatch"):
            found, wanted = getattr(made, way)(text), getattr(fresh, way)(text)
            assert (found and found.span()) == (wanted and wanted.span())


def test_thawing_compiles_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    data = frozen("share")
    monkeypatch.setattr(regex, "compile", lambda *args, **options: pytest.fail("compiled again"))
    assert thawed("share", data).fullmatch("SHARE")


def spoiled(data: bytes) -> list[bytes]:
    return [b"", data[:-1], data[:4], data[:9] + b"x" + data[10:], b"\0" + data[1:], frozen("other")]


def test_what_does_not_fit_is_compiled_anew() -> None:
    for data in spoiled(frozen("share")):
        assert thawed("share", data).pattern == "share"
        assert thawed("share", data).fullmatch("share")


def test_a_wrong_pattern() -> None:
    with pytest.raises(regex.error):
        frozen("share(")
