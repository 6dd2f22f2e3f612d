"""Characters in the form in which texts are compared with literals: case variants that ``regex`` takes for equal are one."""

from __future__ import annotations

from cleaner.charset import replaced

#: The end of a line, in literals and in the text that is scanned for them.
EDGE = "\n"

#: Characters that ``regex`` equates with another but ``str.lower`` leaves apart, with the other's lower case.
_TWINS = {
    "\u0131": "i", "\u017f": "s", "\u00b5": "\u03bc", "\u0345": "\u03b9", "\u1fbe": "\u03b9", "\u1fd3": "\u0390",
    "\u03d0": "\u03b2", "\u03f5": "\u03b5", "\u03d1": "\u03b8", "\u03f0": "\u03ba", "\u03d6": "\u03c0", "\u03f1": "\u03c1",
    "\u03c2": "\u03c3", "\u03d5": "\u03c6", "\u1fe3": "\u03b0", "\u1c80": "\u0432", "\u1c81": "\u0434", "\u1c82": "\u043e",
    "\u1c83": "\u0441", "\u1c84": "\u0442", "\u1c85": "\u0442", "\u1c86": "\u044a", "\u1c87": "\u0463", "\u1c88": "\ua64b",
    "\u1e9b": "\u1e61", "\ufb05": "\ufb06",
}  # fmt: skip


def canonical(text: str) -> str:
    """Return ``text`` with all case variants of a character as one, code point for code point."""
    if text.isascii():
        return text.lower()
    if "\u0130" in text:
        text = text.replace("\u0130", "i")
    return replaced(text.lower(), _TWINS)
