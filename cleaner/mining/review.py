"""Going through mined rules one by one: accept, reject, edit, skip. It asks and shows through functions that it is given."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from cleaner.errors import CleanError
from cleaner.mining.rulebook import Entry, RuleBook, shown

_PROMPT = "[a]ccept, [r]eject, [e]dit, [s]kip, all of this [g]roup, [q]uit? "
_HELP = """\
a  the rule edits texts from now on
r  the rule goes and is not proposed again
e  change the rule in your editor, then accept it
s  decide later
g  the same for every rule of these sites: then a or r
q  stop here; what was decided is kept"""


@dataclass(slots=True)
class Outcome:
    """What was decided in a session."""

    accepted: int = 0
    rejected: int = 0


def session(book: RuleBook, ask: Callable[[str], str], show: Callable[[str], None], edit: Callable[[str], str | None]) -> Outcome:
    """Ask about each rule that is to be decided; every answer is saved at once.

    ``ask`` returns the answer to a prompt, ``edit`` a changed text or None. An answer that is none is explained.
    """
    outcome = Outcome()
    waiting = list(book.pending)
    total = len(waiting)
    while waiting:
        entry = waiting[0]
        show(f"\n{total - len(waiting) + 1} of {total}: {entry.id}")
        for line in shown(entry):
            show(f"  {line}")
        answer = ask(_PROMPT).lower()[:1]
        if answer == "q":
            break
        if answer == "g":
            answer = ask("all of these sites: [a]ccept or [r]eject? ").lower()[:1]
            chosen = [each for each in waiting if each.sites == entry.sites] if answer in ("a", "r") else []
        else:
            chosen = [entry]
        if answer == "e":
            answer = "s" if _edited(book, entry, edit, show) else ""
            outcome.accepted += answer == "s"
        if answer == "a":
            outcome.accepted += len(chosen)
            for each in chosen:
                book.accept(each)
        elif answer == "r":
            outcome.rejected += len(chosen)
            for each in chosen:
                book.reject(each)
        elif answer != "s":
            show(_HELP)
            continue
        waiting = [each for each in waiting if each not in chosen]
    return outcome


def _edited(book: RuleBook, entry: Entry, edit: Callable[[str], str | None], show: Callable[[str], None]) -> bool:
    """Return whether the rule was changed to one that can be read."""
    table = edit(entry.table)
    if table is None or not table.strip():
        show("nothing was changed")
        return False
    try:
        book.edit(entry, table.rstrip("\n") + "\n")
    except CleanError as error:
        show(str(error))
        return False
    return True
