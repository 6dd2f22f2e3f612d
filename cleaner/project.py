"""Files cleaned as their project wants it: which rules, which profile and which kept lines hold for which file."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from cleaner import protect
from cleaner.config import Settings
from cleaner.errors import ReadError, WriteError
from cleaner.loading import load
from cleaner.normalize import fix_encoding, normalize
from cleaner.pipeline import MAX_REMOVED, Cleaner
from cleaner.readers import Source, decode
from cleaner.report import Finding, RuleOf, found
from cleaner.types import Cleaned
from cleaner.writers import encoded


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a run asks for beside the project's settings: ``rules`` and ``ignore`` add to theirs, the rest outranks them."""

    rules: tuple[Path, ...] = ()
    select: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()
    profile: str = ""
    max_removed: float | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """One file, what cleaning made of it, and what the rules are that its removals name."""

    source: Source
    cleaned: Cleaned
    rule: RuleOf

    @property
    def changed(self) -> bool:
        """Whether writing the result in place would change the file; line ends of one kind are kept as they are."""
        return not self.cleaned.refused and self._in_file(self.cleaned.text) != self.source.document.text

    def data(self) -> bytes:
        """Return what the file is to hold, in its own encoding and with its own line ends.

        Raises ``WriteError`` where the encoding was guessed and the next reader would guess another from what is left.
        """
        name, data = self.source.document.id, encoded(self.cleaned.text, self.source)
        if not self.source.encoding.startswith("utf-"):
            try:
                stable = decode(data, name)[0] == self._in_file(self.cleaned.text)
            except ReadError:
                stable = False
            if not stable:
                raise WriteError(f"{name}: was taken for {self.source.encoding}, but what is left of it would not be; convert it to UTF-8")
        return data

    def findings(self) -> Iterator[Finding]:
        """Yield what would go, in the order of the lines; none: the file would not change."""
        yield from found(self.cleaned)
        text = self.source.document.text
        if self.cleaned.document.text != text:
            yield Finding(self.source.document.id, 1, 1, "", "mojibake would be repaired")
        elif self.changed and self._in_file(normalize(text)) != text:
            yield Finding(self.source.document.id, 1, 1, "", "white space or invisible characters would be normalized")

    def _in_file(self, text: str) -> str:
        return text if self.source.newline == "\n" else text.replace("\n", self.source.newline)


class Project:
    """A project's rules, loaded once, and its cleaners, made as files need them.

    ``building`` is called first if the rules have yet to be prepared, which takes many seconds. Raises ``RuleError``
    and ``ConfigError`` at once for what would be wrong with any file.
    """

    def __init__(self, settings: Settings, wanted: Wanted | None = None, building: Callable[[], object] | None = None) -> None:
        wanted = wanted or Wanted()
        #: The project's settings with what the run asks for; per file only what it did not ask for all of them.
        self.settings = replace(
            settings,
            select=wanted.select or settings.select,
            ignore=(*settings.ignore, *wanted.ignore),
            profile=wanted.profile or settings.profile,
            per_file_profiles={} if wanted.profile else settings.per_file_profiles,
        )
        kept = settings.protected()
        listed = protect.protections(kept) if kept and (settings.protect or kept.exists()) else ()
        self._rules = load([*map(Path, settings.rules), *wanted.rules], building=building).protect(listed)
        budget = wanted.max_removed if wanted.max_removed is not None else settings.max_removed
        self._max_removed = MAX_REMOVED if budget is None else budget
        self._cleaners: dict[tuple[str, tuple[str, ...]], Cleaner] = {}
        self._rules.select(self.settings.select, self.settings.ignore, self.settings.profile)

    def cleaner(self, path: Path) -> Cleaner:
        """Return the cleaner for a file."""
        profile, ignored = self.settings.profile_of(path), self.settings.ignored(path)
        made = self._cleaners.get((profile, ignored))
        if made is None:
            made = self._cleaners[profile, ignored] = Cleaner(self._rules, self.settings.select, ignored, profile, self._max_removed)
        return made

    def widest(self) -> Cleaner:
        """Return a cleaner with the rules of all files; raises ``ConfigError`` where those of some file could not be chosen from them."""
        for profile in {self.settings.profile, *self.settings.per_file_profiles.values()}:
            for ignored in ((), *self.settings.per_file_ignores.values()):
                self._rules.select(self.settings.select, ignored, profile)
        return Cleaner(self._rules, profile="aggressive", max_removed=self._max_removed)

    def clean(self, source: Source, repair: bool = False) -> Outcome:
        """Return what cleaning makes of a file, its mojibake repaired first if asked for; raises ``RuleTimeout``."""
        document = source.document
        if repair:
            document = replace(document, text=fix_encoding(document.text))
        cleaner = self.cleaner(Path(document.id))
        return Outcome(source, cleaner.clean(document), cleaner.rule)
