"""What ``clean`` starts: it answers what can be answered without loading the program, and hands over everything else."""

from __future__ import annotations

import sys

from cleaner import __version__, verdicts


def main() -> None:
    """Run the command line; a hook's files that are all known to need nothing are done with at once."""
    words = sys.argv[1:]
    if words == ["--version"]:
        print(f"clean {__version__}")
        return
    try:
        memory = verdicts.recall(words)
        if memory and memory.knows_all():
            return
        from cleaner.cli.app import run

        run(memory)
    except KeyboardInterrupt:
        print("clean: stopped", file=sys.stderr)
        sys.exit(130)
