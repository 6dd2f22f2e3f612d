from __future__ import annotations

from cleaner.mining.duplicates import Duplicates


def test_a_document_with_most_of_anothers_prose_is_a_copy() -> None:
    seen = Duplicates()
    assert not seen.is_copy([1, 2, 3, 4, 5], 100)
    assert seen.is_copy([1, 2, 3, 4, 5], 101)
    assert seen.is_copy([1, 2, 3, 4, 6], 102)
    assert not seen.is_copy([1, 7, 8, 9, 10], 103)


def test_shared_lines_of_different_documents_make_no_copy() -> None:
    seen = Duplicates()
    assert not any(seen.is_copy([1, 2, 10 * number, 10 * number + 1, 10 * number + 2], number) for number in range(3, 50))


def test_with_hardly_any_prose_all_must_be_the_same() -> None:
    seen = Duplicates()
    assert not seen.is_copy([1], 100)
    assert not seen.is_copy([1], 101)
    assert seen.is_copy([1], 101)
    assert not seen.is_copy([], 102)
    assert seen.is_copy([], 102)


def test_a_copy_is_not_remembered() -> None:
    seen = Duplicates()
    seen.is_copy([1, 2, 3, 4, 5, 6], 0)
    assert seen.is_copy([1, 2, 3, 4, 7, 8], 1)
    assert not seen.is_copy([7, 8, 9], 2)
