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

#: Words that stand about once in 2**bits places on web pages of their language.
_COMMON = {
    8: "the and for that with this you are have was from not your but they will all can about more one our has who what when out which"
       " their there would been new time its also his her she had were into than der die das und ist von mit für auf den les des une est"
       " pour dans que qui los las por con una para het een van den och att som for med",
    10: "said people year years first last after other news read just like get how see make now day may use only over most some any"
        " these two work here world home company please article story photo image comment comments content share follow site page email"
        " best free state states government business april march january february june july august september october november december"
        " monday tuesday wednesday thursday friday saturday sunday video media facebook twitter instagram google",
    12: "source report published updated editor author writer online website information service services privacy policy rights reserved"
        " copyright contact subscribe newsletter advertisement search menu login sign account click link post posted related latest"
        " top view next previous back help privat artikel mehr lire plus leia leer más",
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
