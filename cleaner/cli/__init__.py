"""The command line: each module parses, makes one call, and prints."""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType


def _but_interrupts(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
    """Show what nobody expected; ^C before there is a command to stop, while modules load, is no such thing."""
    if not issubclass(kind, KeyboardInterrupt):
        sys.__excepthook__(kind, error, trace)


sys.excepthook = _but_interrupts
