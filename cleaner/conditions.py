"""Conditions of rule files: tables become conjunctions of predicates, names the conditions they stand for.

A condition is a choice of conjunctions. An entry of a choice may name conditions of any file: a name alone
stands for all of its conjunctions (``wording`` is ``label`` and more), names in ``all`` for what holds
where each of them does, and the entry's own predicates (``list_end`` is ``ending`` without figures).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import chain, product
from typing import Any, NamedTuple, TypeAlias

from cleaner.errors import Problem, did_you_mean
from cleaner.rulemodel import Conditions, Desert, OutsideCore, Predicates, Run
from cleaner.types import Conjunction, Location, Predicate


class Entry(NamedTuple):
    """One way in which a choice can hold: where the conditions of these names do, and these predicates."""

    names: tuple[str, ...] = ()
    predicates: Conjunction = ()


Choice: TypeAlias = tuple[Entry, ...]


class Condition(NamedTuple):
    """A named condition as its file has it."""

    choice: Choice
    location: Location


def choice(value: str | Conditions | Sequence[str | Conditions]) -> Choice:
    """Return what a ``when``, or a named condition, of a rule file says."""
    entries = [value] if isinstance(value, (str, Conditions)) else value
    return tuple(Entry((each,)) if isinstance(each, str) else Entry(tuple(each.all or ()), tuple(_predicates(each))) for each in entries)


class Named:
    """The named conditions of all files of a rule set; not ``complete``: there may be others in a file that cannot be read."""

    def __init__(self, conditions: Mapping[str, Condition], complete: bool = True) -> None:
        self._conditions = conditions
        self._complete = complete

    def problems(self) -> Iterator[Problem]:
        """Return what is wrong with the names in the conditions."""
        for name, condition in self._conditions.items():
            yield from self.unknown(condition.choice, condition.location)
            if name in self._reached(condition.choice):
                yield Problem(condition.location, f'condition "{name}" asks for itself')

    def unknown(self, asked: Choice, place: Location, rule: str | None = None) -> Iterator[Problem]:
        """Return a problem for each name in a choice that is no condition's."""
        for name in _names(asked):
            if self._complete and name not in self._conditions:
                hint = did_you_mean(name, self._conditions)
                yield Problem(place, f'asks for a condition "{name}" that no file defines{hint}', rule)

    def conjunctions(self, asked: Choice) -> tuple[Conjunction, ...]:
        """Return the conjunctions that a choice without problems stands for, each once."""
        return tuple(dict.fromkeys(self._conjunctions(asked)))

    def _conjunctions(self, asked: Choice) -> Iterator[Conjunction]:
        for names, predicates in asked:
            for met in product(*(self.conjunctions(self._conditions[name].choice) for name in names)):
                # What a place asks comes first: it is cheap, and what a line may not say is looked for in fewer lines then.
                yield tuple(dict.fromkeys((*predicates, *chain(*met))))

    def _reached(self, asked: Choice) -> set[str]:
        """Return the names in a choice, and those in the conditions that they stand for."""
        reached: set[str] = set()
        ahead = _names(asked)
        while ahead:
            name = ahead.pop()
            if name not in reached:
                reached.add(name)
                ahead += _names(self._conditions[name].choice) if name in self._conditions else []
        return reached


def _names(asked: Choice) -> list[str]:
    return [name for entry in asked for name in entry.names]


def _predicates(table: Predicates, negated: bool = False) -> Iterator[Predicate]:
    for name in Predicates.model_fields:
        value = getattr(table, name)
        if value is None:
            continue
        if name == "not_":
            yield from _predicates(value, not negated)
        else:
            yield Predicate(name, arguments(name, value), negated)


def arguments(name: str, value: Any) -> tuple[float | str, ...]:
    """Return the arguments of a predicate from the value of its key."""
    if name == "outside_core":
        value = OutsideCore() if value is True else value
        return (value.words, value.penalty, value.lines)
    if name == "desert":
        value = value if isinstance(value, Desert) else Desert(lines=value)
        return (value.lines, value.words)
    if name == "cluster":
        return (8,) if value is True else (value,)
    if isinstance(value, Run):
        return (value.min, value.max_words)
    if value is True:
        return ()
    return tuple(value) if isinstance(value, list) else (value,)
