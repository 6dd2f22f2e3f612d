from __future__ import annotations

import dataclasses
import pickle
from collections import Counter

import pytest

from cleaner import types
from cleaner.types import Cleaned, Document, Location, Removal, Rule, Stats

ALL = [each for each in vars(types).values() if dataclasses.is_dataclass(each)]


@pytest.mark.parametrize("each", ALL, ids=lambda each: each.__name__)
def test_frozen_and_slotted(each: type) -> None:
    assert each.__dataclass_params__.frozen  # type: ignore[attr-defined]
    assert "__slots__" in vars(each)


def test_location_reads_as_editors_want_it() -> None:
    assert str(Location("rules/paywall.toml", 41)) == "rules/paywall.toml:41"


def test_family_is_the_first_half_of_the_id() -> None:
    assert Rule("paywall/join-free", "line").family == "paywall"


def test_changed_by_a_rule_by_white_space_or_not_at_all() -> None:
    document = Document("a", "one\n\n\ntwo\n")
    assert Cleaned(document, document.text, "one\n\ntwo\n").changed
    assert not Cleaned(document, document.text, document.text).changed


def test_types_travel_between_processes() -> None:
    cleaned = Cleaned(Document("a", "ab", metadata={"title": "t"}), "b", "b\n", (Removal(0, 1, "x/y", "a"),))
    assert pickle.loads(pickle.dumps(cleaned)) == cleaned


class TestStats:
    def test_documents_are_the_five_counts(self) -> None:
        assert Stats(cleaned=1, unchanged=2, refused=3, failed=4, skipped=5, characters=100).documents == 15

    def test_add(self) -> None:
        one = Stats(1, 2, 3, 4, 5, 6, 7, Counter({"a/a": 1}))
        other = Stats(10, 20, 30, 40, 50, 60, 70, Counter({"a/a": 2, "b/b": 3}))
        assert one + other == Stats(11, 22, 33, 44, 55, 66, 77, Counter({"a/a": 3, "b/b": 3}))
        assert one.rules == Counter({"a/a": 1})

    def test_nothing_is_neutral(self) -> None:
        one = Stats(1, 2, 3, 4, 5, 6, 7, Counter({"a/a": 1}))
        assert one + Stats() == one == Stats() + one
