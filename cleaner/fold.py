"""The folded view: the text that patterns see, of the same length as the text itself.

Typographic variants of one character (curly quotes, dashes, odd spaces, full-width
forms) map one to one to ASCII, so that a rule author writes a plain ``'`` or ``-``
and an offset into the folded text is an offset into the text.
"""

from __future__ import annotations

from cleaner.charset import replaced

_SINGLE_QUOTES = "\u2018\u2019\u201a\u201b\u2032\u2035\u00b4\u0060\u02bc\u02b9\u055a\uff07"
_DOUBLE_QUOTES = "\u201c\u201d\u201e\u201f\u2033\u2036\u00ab\u00bb\u300c\u300d\u300e\u300f\uff02"
_DASHES = "\u2010\u2011\u2012\u2013\u2014\u2015\u2212\u2043\ufe58\ufe63\uff0d"
_SPACES = "\t\u00a0\u1680\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u205f\u3000"
_FULL_WIDTH = {chr(0xFEE0 + code): chr(code) for code in range(0x21, 0x7F)}

FOLDED: dict[str, str] = {
    **_FULL_WIDTH,
    **dict.fromkeys(_SINGLE_QUOTES, "'"),
    **dict.fromkeys(_DOUBLE_QUOTES, '"'),
    **dict.fromkeys(_DASHES, "-"),
    **dict.fromkeys(_SPACES, " "),
    "\u2026": ".",
    "\u2024": ".",
    # Full width of a character that is itself a variant; each is replaced once, in no certain order.
    "\uff40": "'",
}

#: What may stand around a line without being part of what it says: bullets, dashes,
#: arrows, rules, hashes and asterisks of Markdown, square brackets, icons.
DECORATION = (
    " \t\u00a0\u3000"
    "-*\u2022\u00b7\u2219\u22c5\u30fb\u25cf\u25cb\u25e6\u25a0\u25a1\u25aa\u25ab\u25b6\u25ba\u25b8\u25b9\u25bc\u25bd\u25be\u25b2\u25c6\u25c7\u25c0\u25c4"
    "\u2605\u2606\u2192\u2190\u2193\u2191\u2197\u2198\u21d2\u21e8\u27a1\u279c\u2794\u27a4\u203a\u2039\u276f\u276e><|\u00a6\\#_=~+^:;,[]{}"
    "\u2013\u2014\u2212\u00ab\u00bb\u3010\u3011\u300a\u300b\u3008\u3009\uff1a\uff0c\u3001\u061b\u060c"
    "\u2713\u2714\u2709\u260e\u2715\u2716\u00d7\u2606\u270d\u270e\u2764\u2665\u26a0\u2139\ufe0f"
    "\U0001f4e7\U0001f4e9\U0001f4e8\U0001f4f1\U0001f4f2\U0001f4f7\U0001f4f8\U0001f4f0\U0001f514\U0001f449\U0001f447\U0001f448"
    "\U0001f517\U0001f50d\U0001f4ac\U0001f5e8\U0001f4f9\U0001f3a5\U0001f399\U0001f3a7\U0001f4e2\U0001f4dd\U0001f464\U0001f512"
)


# Whatever folds to a decoration is one.
DECORATION += "".join(variant for variant, plain in FOLDED.items() if plain in DECORATION)


def fold(text: str) -> str:
    """Return ``text`` with typographic variants mapped to ASCII, one code point for one."""
    return replaced(text, FOLDED)
