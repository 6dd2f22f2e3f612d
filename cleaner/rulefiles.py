"""Rule files: which there are, and in which order they stack."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from cleaner.errors import ConfigError, Problem, RuleError
from cleaner.types import Location


def shipped_folder() -> Path:
    """Return the folder of the rules that come with the package: in the wheel, or in the checkout."""
    inside = Path(__file__).parent / "rules"
    return inside if inside.is_dir() else Path(__file__).parents[1] / "rules"


def rule_files(paths: Iterable[Path]) -> list[Path]:
    """Return the rule files that the paths name; a folder stands for every ``.toml`` beneath it, sorted.

    Raises ``ConfigError`` for a path that is not there or holds no rule file.
    """
    files: list[Path] = []
    for path in paths:
        if path.is_dir():
            found = _beneath(str(path))
            if not found:
                raise ConfigError(f"{path}: no rule files (*.toml) in this folder")
            files += map(Path, found)
        elif path.is_file():
            files.append(path)
        else:
            raise ConfigError(f"{path}: no such rule file or folder")
    return files


def _beneath(folder: str) -> list[str]:
    names: list[str] = []
    folders = [folder]
    for each in folders:
        with os.scandir(each) as entries:
            for entry in entries:
                if entry.is_dir():
                    folders.append(entry.path)
                elif entry.name.endswith(".toml"):
                    names.append(entry.path)
    return sorted(names, key=lambda name: (name.count(os.sep), name))


def sources(paths: Sequence[Path] = (), shipped: bool = True) -> list[tuple[str, str]]:
    """Return (path, text) of the shipped rule files and then of those that ``paths`` name, in the order in which they stack.

    A shipped file's path is written from ``rules/`` on. Raises ``RuleError`` for a file that is not UTF-8 and
    ``ConfigError`` for one that is not there.
    """
    return [(name, text_of(path)) for name, path in rule_paths(paths, shipped)]


def rule_paths(paths: Sequence[Path] = (), shipped: bool = True) -> list[tuple[str, str]]:
    """Return the rule files, the shipped ones and then those of ``paths``: the path that locations name each by, and where it is."""
    home = str(shipped_folder())
    files = [(f"rules/{path[len(home) + 1 :].replace(os.sep, '/')}", path) for path in _beneath(home)] if shipped else []
    return files + [(str(path), str(path)) for path in rule_files(paths)]


def text_of(path: str) -> str:
    """Return the text of a rule file; raises ``RuleError`` if it is not UTF-8, ``ConfigError`` if it cannot be read."""
    try:
        return Path(path).read_text("utf-8")
    except UnicodeDecodeError as error:
        raise RuleError([Problem(Location(path, 1), f"is not UTF-8: byte {error.start} is wrong; save the file as UTF-8")]) from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None
