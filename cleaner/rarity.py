"""How seldom a text is found in running text: rough, but good enough to choose between literals.

Counted in bits: a text of n bits stands about once in 2**n places. Letters are rated by how common
they are, later letters of a word less than its first because they follow from it, and everyday
words, and the words of every web page, by how often they really come up.
"""

from __future__ import annotations

import re
from functools import cache

from cleaner.casing import EDGE

#: Bits of a letter that begins a word, in texts in the Latin alphabet.
_LETTERS = {
    **dict.fromkeys("aeiotns", 4.2), **dict.fromkeys("rhldcmu", 5.0), **dict.fromkeys("fpgwybv", 5.6), **dict.fromkeys("kxjqz", 7.5),
}  # fmt: skip
_FOLLOWING = 0.62
_DIGIT, _MARK, _ACCENTED, _OTHER, _IDEOGRAPH = 5.0, 7.0, 6.5, 5.5, 8.5
_MARKS = {"@": 11.0, ".": 6.0, ",": 6.0}
_SPACE, _LINE_END = 2.2, 6.0

#: Words that stand about once in 2**bits places on web pages, most of them in English or German: counted.
_COMMON = {
    8: "the and to",
    9: "a in of",
    10: "for you is s with that your on it die und der",
    11: "or this are i as can an by be from de at more all we",
    12: "if have das not t will but zu our they mit new von was about für what so den how ist one up data like their time auf best im sie"
        " use out has also when es la get nicht des ein do my",
    13: "us business which no other re auch eine ai these some home most there may into news en than any help d just make dem services need"
        " als who work service e content free bei them only marketing m over x people he first top dass online werden while aus am wie see"
        " now oder using through information ich que sind social um where media want video after been year support such name many here"
        " should search über day tools find et les pour le el los las una para het een van att och som med il di per",
}  # fmt: skip
_WORD_BITS = {word: float(bits) for bits, words in _COMMON.items() for word in words.split()}
_CUT_OFF = {word[:length]: bits for word, bits in sorted(_WORD_BITS.items(), key=lambda entry: -entry[1]) for length in range(4, len(word))}
_PIECES = re.compile(r"[^\W\d_]+|.", re.DOTALL)


@cache
def bits(literal: str) -> float:
    """Return the rarity of a canonical literal; a newline is the end of a line."""
    pieces = _PIECES.findall(literal)
    total = 0.0
    for at, piece in enumerate(pieces):
        if piece == EDGE:
            total += _LINE_END
        elif piece == " ":
            total += _SPACE if at else 1.0
        elif piece.isalpha():
            total += _word(piece, at + 1 == len(pieces)) * (1.0 if total < _LINE_END + 2 else 0.85)
        else:
            total += _DIGIT if piece.isdigit() else _MARKS.get(piece, _MARK)
    return total


def _word(word: str, cut_off: bool) -> float:
    spelt = sum(_letter(letter) * (_FOLLOWING if at else 1.0) for at, letter in enumerate(word))
    known = _WORD_BITS.get(word)
    if known is None and cut_off:
        known = _CUT_OFF.get(word)
    return spelt if known is None else min(spelt, known)


def _letter(letter: str) -> float:
    if letter in _LETTERS:
        return _LETTERS[letter]
    if letter < "\u0250":
        return _ACCENTED
    return _OTHER if letter < "\u2e80" else _IDEOGRAPH
