"""The ``clean`` command: ``clean FILE...`` by default, subcommands beside it.

A subcommand's module is imported when it is called, so that cleaning one file starts fast.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from typer.core import TyperGroup

from cleaner.errors import CleanError, did_you_mean

if TYPE_CHECKING:
    from cleaner.verdicts import Memory

#: Exit codes: nothing to do or done; would change; usage, bad rules, unreadable or refused input; ^C.
DONE, WOULD_CHANGE, WRONG, INTERRUPTED = 0, 1, 2, 130

#: The command that ``clean FILE...`` stands for.
_DEFAULT = "files"

#: Subcommand -> module with a Typer application called ``app``.
_COMMANDS = {
    "files": "cleaner.cli.files",
    "rules": "cleaner.cli.rules",
    "batch": "cleaner.cli.batch",
    "restore": "cleaner.cli.restore",
    "report": "cleaner.cli.report",
    "protect": "cleaner.cli.protect",
    "mine": "cleaner.cli.mine",
    "suggest": "cleaner.cli.suggest",
    "impact": "cleaner.cli.impact",
}


class _Commands(TyperGroup):
    """Subcommands that load when called; anything else goes to the default command."""

    def parse_args(self, ctx: Any, args: list[str]) -> list[str]:
        own = {option for parameter in self.get_params(ctx) for option in (*parameter.opts, *parameter.secondary_opts)}
        if args and args[0] not in _COMMANDS and args[0] not in own:
            args = [_DEFAULT, *args]
        elif not args and not ctx.resilient_parsing and not sys.stdin.isatty():
            args = [_DEFAULT, "-"]
        return super().parse_args(ctx, args)

    # typer ends with the code of ^C, too, but says nothing.

    def make_context(self, *args: Any, **options: Any) -> Any:
        with _stoppable():
            return super().make_context(*args, **options)

    def invoke(self, ctx: Any) -> Any:
        with _stoppable():
            return super().invoke(ctx)

    def list_commands(self, ctx: Any) -> list[str]:
        return list(_COMMANDS)

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        if cmd_name not in _COMMANDS:
            return None
        command = typer.main.get_command(import_module(_COMMANDS[cmd_name]).app)
        command.name = cmd_name
        return command


app = typer.Typer(
    cls=_Commands,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        from cleaner import __version__

        typer.echo(f"clean {__version__}")
        raise typer.Exit


@app.callback()
def _root(
    version: bool = typer.Option(False, "--version", callback=_version, is_eager=True, help="Print the version and stop."),
) -> None:
    """Strip site junk from article text and HTML pages.

    `clean FILE...` prints the cleaned text; the options of that are in `clean files --help`.
    """


def mistyped(name: str) -> str:
    """Return ``did you mean the command ...`` for a file name that looks like a mistyped subcommand, or nothing."""
    if Path(name).suffix or os.sep in name:
        return ""
    hint = did_you_mean(name, _COMMANDS)
    return hint.replace('mean "', 'mean the command "clean ') if hint else ""


@contextmanager
def _stoppable() -> Iterator[None]:
    try:
        yield
    except KeyboardInterrupt:
        fail("stopped")
        raise SystemExit(INTERRUPTED) from None


def fail(message: object) -> None:
    """Print an error for people, on stderr, each line after ``clean:``."""
    for line in str(message).splitlines():
        print(f"clean: {line}", file=sys.stderr)


def names(values: list[str] | None) -> tuple[str, ...]:
    """Return the names that an option was given, one or more at a time with commas between them."""
    return tuple(name.strip() for value in values or () for name in value.split(",") if name.strip())


def preparing() -> None:
    """Say on a terminal why nothing happens yet: rules without a prepared form of them, as in a checkout, take long to load once."""
    if sys.stderr.isatty():
        fail("preparing the rules for the first run; this takes some seconds")


def run(memory: Memory | None = None) -> None:
    """Run the command line, with what is remembered of it; every expected error is one line on stderr and an exit code."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="surrogateescape", newline="\n")
    output = sys.stdout
    try:
        app(prog_name="clean", standalone_mode=True, obj=memory)
    except KeyboardInterrupt:
        fail("stopped")
        code = INTERRUPTED
    except SystemExit:
        # typer calls it an error if the reader has gone, and puts something of its own in the place of stdout.
        if sys.stdout is output:
            raise
        code = DONE
    except CleanError as error:
        fail(error)
        code = WRONG
    except BrokenPipeError:
        # The reader has gone: what it did not want is not an error.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        code = DONE
    except OSError as error:
        fail(f"{error.filename or 'output'}: {error.strerror or error}")
        code = WRONG
    else:
        return
    sys.exit(code)
