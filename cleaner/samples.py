"""Texts that a pattern matches, made from the pattern: the shortest, some at random, and the long ones that may be slow.

They are read off the ``regex`` package's own parse tree, like required literals are. A node that is not
known here (a back reference, say) means that there are no samples, never wrong ones: each is
confirmed by the pattern itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from random import Random
from string import ascii_letters, digits

from regex import _regex_core as core

from cleaner.patterns import compiled
from cleaner.trees import parse_tree

#: What a character class is asked for, in this order: the likeliest text first.
_PROBES = "aexin1 \u0430\u7684\u306e\ub2e4\u0627-.,'!?:;/()[]\"%&@#*+=_<>|~$\u20ac\n" + ascii_letters + digits
#: Repeats of fewer more rounds than this cannot make a pattern slow by themselves.
_LONG_REPEAT = 8
_POISON = "\x01"


class _UnknownError(Exception):
    """The pattern has a node of which no sample can be made."""


def shortest(pattern: str) -> str | None:
    """Return one of the shortest texts that the pattern matches; None: none could be made."""
    for filler in ("", " "):
        found = _made(pattern, _Walk(filler=filler).text)
        if found is not None and _confirmed(pattern, found):
            return found
    return None


def at_random(pattern: str, count: int, seed: int = 0) -> list[str]:
    """Return up to ``count`` different texts that the pattern matches, the same ones for the same ``seed``."""
    chance = Random(seed)  # noqa: S311 - nothing secret
    found = {_made(pattern, _Walk(chance).text) for _ in range(count)}
    return sorted(text for text in found if text is not None and _confirmed(pattern, text))


def adversarial(pattern: str, size: int) -> Iterator[str]:
    """Yield texts of about ``size`` characters that nearly match: each long repeat drawn out, then broken off."""
    tree = _made_tree(pattern)
    if tree is None:
        return
    least = shortest(pattern) or _made(pattern, _Walk(filler=" ").text) or ""
    for target in _long_repeats(tree):
        try:
            walk = _Walk(target=target, size=size)
            whole = walk.text(tree)
        except (_UnknownError, RecursionError):
            continue
        yield whole[: walk.reached] + _POISON
        yield whole + _POISON
    if least:
        for joint in ("", " "):
            yield (least + joint) * (size // (len(least) + len(joint)) + 1) + _POISON
            yield (least[:-1] + joint) * (size // len(least) + 1) + _POISON
    for filler in ("a", "a ", " ", "1", "-", "A. "):
        yield filler * (size // len(filler)) + _POISON


def _made_tree(pattern: str) -> object | None:
    try:
        tree: object = parse_tree(pattern)
    except (core.error, RecursionError):
        return None
    return tree


def _made(pattern: str, make: Callable[[object], str]) -> str | None:
    tree = _made_tree(pattern)
    if tree is None:
        return None
    try:
        return make(tree)
    except (_UnknownError, RecursionError):
        return None


def _confirmed(pattern: str, text: str) -> bool:
    try:
        return compiled(pattern).fullmatch(text, timeout=0.2) is not None
    except TimeoutError:
        return False


class _Walk:
    """One way through a pattern: the shortest, or at random, or with one repeat drawn out to ``size`` characters.

    ``filler`` is put where the pattern lets anything stand, so that words before and after it stay apart.
    ``reached`` is where the drawn-out repeat ends in the text.
    """

    def __init__(self, chance: Random | None = None, target: object | None = None, size: int = 0, filler: str = "") -> None:
        self._chance = chance
        self._filler = filler
        self._target = target
        self._size = size
        self.reached = 0

    def text(self, node: object, before: int = 0) -> str:
        """Return a text for the node, which begins ``before`` characters into the whole."""
        kind = type(node)
        if kind is core.Sequence:
            made = ""
            for item in node.items:  # type: ignore[attr-defined]
                made += self.text(item, before + len(made))
            return made
        if kind is core.Character and node.positive:  # type: ignore[attr-defined]
            return chr(node.value)  # type: ignore[attr-defined]
        if isinstance(node, core.String):
            return "".join(map(chr, node.characters))
        if isinstance(node, core.Branch):
            return self._branch(node, before)
        if isinstance(node, core.Group | core.Atomic):
            return self.text(node.subpattern, before)
        if isinstance(node, core.GreedyRepeat):
            return self._repeat(node, before)
        if isinstance(node, core.ZeroWidthBase | core.LookAround):
            return ""
        if isinstance(node, core.Any):
            return "a" if self._chance is None else self._chance.choice("a 1\u00e9.")
        return self._member(node)

    def _branch(self, node: object, before: int) -> str:
        branches = node.branches  # type: ignore[attr-defined]
        if self._chance:
            return self.text(self._chance.choice(branches), before)
        for branch in branches:
            if self._target is not None and _holds(branch, self._target):
                return self.text(branch, before)
        return min((self.text(branch, before) for branch in branches), key=len)

    def _repeat(self, node: object, before: int) -> str:
        least, most = node.min_count, node.max_count  # type: ignore[attr-defined]
        body = node.subpattern  # type: ignore[attr-defined]
        if node is self._target:
            unit = self.text(body, before) or "a"
            times = max(least, min(self._size // len(unit), self._size if most is None else most))
            made: str = unit * times
            self.reached = before + len(made)
            return made
        times = int(least)
        if _is_wildcard(node):
            filler = self._chance.choice(("", " ", " a ")) if self._chance else self._filler
            return filler if len(filler) >= least else filler + "a" * (least - 2 * len(filler)) + filler
        if self._chance:
            times = self._chance.randint(least, least + 2 if most is None else min(most, least + 2))
        elif self._target is not None and _holds(body, self._target):
            times = max(least, 1)
        made = ""
        for _ in range(min(times, 200)):
            made += self.text(body, before + len(made))
        return made

    def _member(self, node: object) -> str:
        """Return a character of a class."""
        matches = getattr(node, "matches", None)
        if matches is None:
            raise _UnknownError
        fitting = [probe for probe in _PROBES if matches(ord(probe))]
        if not fitting:
            fitting = [chr(code) for code in _codes(node) if matches(code)][:1]
        if not fitting:
            raise _UnknownError
        return fitting[0] if self._chance is None else self._chance.choice(fitting)


def _is_wildcard(node: object) -> bool:
    """Return whether a repeat takes nearly anything: letters and spaces, several of them."""
    most = node.max_count  # type: ignore[attr-defined]
    if most is not None and most < _LONG_REPEAT:
        return False
    body = node.subpattern  # type: ignore[attr-defined]
    matches = getattr(body, "matches", None)
    if isinstance(body, core.Character) or matches is None:
        return isinstance(body, core.Any)
    return bool(matches(ord(" ")) and matches(ord("a")))


def _codes(node: object) -> Iterator[int]:
    """Yield the code points that a class names."""
    if isinstance(node, core.Character):
        yield node.value
    elif isinstance(node, core.Range):
        yield from (node.lower, node.upper)
    for item in getattr(node, "items", ()):
        yield from _codes(item)


def _inner(node: object) -> list[object]:
    if type(node) is core.Sequence:
        return list(node.items)  # type: ignore[attr-defined]
    if isinstance(node, core.Branch):
        return list(node.branches)
    inner = getattr(node, "subpattern", None)
    return [] if inner is None else [inner]


def _holds(node: object, target: object) -> bool:
    return node is target or any(_holds(each, target) for each in _inner(node))


def _long_repeats(node: object) -> Iterator[object]:
    if isinstance(node, core.GreedyRepeat) and (node.max_count is None or node.max_count - node.min_count >= _LONG_REPEAT):
        yield node
    for each in _inner(node):
        yield from _long_repeats(each)
