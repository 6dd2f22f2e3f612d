"""Settings from ``[tool.clean]`` of the nearest ``pyproject.toml`` or from ``clean.toml``."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from cleaner.errors import ConfigError, did_you_mean

#: Files of settings; in the second other tools have theirs, too.
OWN, SHARED = "clean.toml", "pyproject.toml"

#: The file of lines to keep, beside the settings that do not name another.
PROTECTED = "clean-protect.txt"


@dataclass(frozen=True, slots=True)
class Settings:
    """What a project wants of ``clean``; paths and globs are relative to ``root``, where the settings were found."""

    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    profile: str = "safe"
    max_removed: float | None = None
    exclude: tuple[str, ...] = ()
    per_file_ignores: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    per_file_profiles: Mapping[str, str] = field(default_factory=dict)
    root: Path = Path()
    protect: str = ""

    @property
    def by_file(self) -> bool:
        """Whether some files have rules of their own."""
        return bool(self.per_file_ignores or self.per_file_profiles)

    def protected(self) -> Path | None:
        """Return the file that lists the lines to keep, which need not be there unless the settings name it; None: there is no project."""
        if self.protect:
            return self.root / self.protect
        return self.root / PROTECTED if self.root != Path() else None

    def excluded(self, path: Path) -> bool:
        """Return whether the file is one of those the project keeps as they are."""
        return bool(self.exclude) and any(self._matching(path, self.exclude))

    def ignored(self, path: Path) -> tuple[str, ...]:
        """Return the rules that are off for the file, the project's own included."""
        if not self.per_file_ignores:
            return self.ignore
        return (*self.ignore, *(name for glob in self._matching(path, self.per_file_ignores) for name in self.per_file_ignores[glob]))

    def profile_of(self, path: Path) -> str:
        """Return the profile for the file: of the last glob that matches it, or the project's."""
        matching = list(self._matching(path, self.per_file_profiles)) if self.per_file_profiles else []
        return self.per_file_profiles[matching[-1]] if matching else self.profile

    def _matching(self, path: Path, globs: Iterable[str]) -> Iterator[str]:
        """Yield the globs that match the file's path from the root or its name, or are a folder above it; ``*`` takes slashes, too."""
        given = Path(os.path.abspath(path))
        names = {path.name}
        # A link is known by its own name and by that of what it leads to.
        for place in (given, given.resolve()):
            names.add(place.relative_to(self.root).as_posix() if place.is_relative_to(self.root) else path.as_posix())
        for glob in globs:
            # Two stars and a slash stand for no folder, too.
            patterns = {form for each in (glob, glob.replace("**/", "")) for form in (each, each.rstrip("/") + "/*")}
            if any(fnmatchcase(name, pattern) for name in names for pattern in patterns):
                yield glob


def find(start: Path) -> Settings:
    """Return the settings of the nearest folder upwards from ``start`` that has any, or the defaults.

    Raises ``ConfigError`` for settings that are wrong.
    """
    for file in places(start):
        if file.is_file():
            table = _load(file) if file.name == OWN else _load(file).get("tool", {}).get("clean")
            if table is not None:
                return _settings(table, file, file.parent)
    return Settings()


def places(start: Path) -> Iterator[Path]:
    """Yield the files in which settings may stand, the nearest first."""
    for folder in (start.resolve(), *start.resolve().parents):
        yield from (folder / OWN, folder / SHARED)


def _load(path: Path) -> dict[str, Any]:
    import tomllib

    try:
        return tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: is not valid TOML: {error}") from None
    except OSError as error:
        raise ConfigError(f"{path}: cannot be read: {error.strerror}") from None


def _settings(table: Mapping[str, Any], path: Path, root: Path) -> Settings:
    known = {each.name.replace("_", "-"): each.name for each in fields(Settings) if each.name != "root"}
    values: dict[str, Any] = {"root": root}
    for key, value in table.items():
        if key not in known:
            raise ConfigError(f'{path}: unknown setting "{key}"{did_you_mean(key, known)}')
        values[known[key]] = _checked(key, value, path)
    if "rules" in values:
        values["rules"] = tuple(str(root / rule) for rule in values["rules"])
    return Settings(**values)


def _checked(key: str, value: Any, path: Path) -> Any:
    if key in ("profile", "protect"):
        if isinstance(value, str):
            return value
        wanted = "a text"
    elif key == "max-removed":
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1:
            return float(value)
        wanted = "a number from 0 to 1"
    elif key == "per-file-ignores":
        if isinstance(value, dict) and all(_texts(names) for names in value.values()):
            return {glob: tuple(names) for glob, names in value.items()}
        wanted = "a table of globs and lists of rules"
    elif key == "per-file-profiles":
        if isinstance(value, dict) and all(isinstance(name, str) for name in value.values()):
            return dict(value)
        wanted = "a table of globs and profiles"
    else:
        if _texts(value):
            return tuple(value)
        wanted = "a list of texts"
    raise ConfigError(f'{path}: "{key}" must be {wanted}')


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(each, str) for each in value)
