"""What starting costs: `python -m benchmarks.startup [--rounds N]`, of the `clean` that is installed beside this Python.

Processor time (user and system) of whole processes, the median of several rounds in which the candidates take turns. A
*bare* program is one that typer makes of a function with one option. Measure in an environment with the wheel: it
carries the prepared rules, which a checkout does not.
"""

from __future__ import annotations

import argparse
import os
import resource
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from statistics import median

_BARE = "import typer\napp = typer.Typer()\n@app.command()\ndef main(name: str = 'a'): pass\napp()\n"
_READING = "import sys\nfor name in sys.argv[1:]:\n    with open(name, 'rb') as file: file.read()\n"
_ARTICLE = "The council met on Monday.\n\nAll rights reserved.\n"
_PARAGRAPH = "In year {} the old mill by the lower river ground more grain than in all of the years before it.\n"
_FILES = 100


def processor(command: Sequence[str], cache: Path, folder: Path) -> float:
    """Return the processor seconds that a command takes, in user and in system mode."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(command, check=True, capture_output=True, cwd=folder, env={**environment, "DECHAFF_CACHE": str(cache)})
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime


def startup(rounds: int = 15) -> list[tuple[str, float]]:
    """Return what a start takes, cold and warm, against a bare program, and a hook on 100 clean files against reading them."""
    clean = str(Path(sys.executable).with_name("clean"))
    with tempfile.TemporaryDirectory() as name:
        folder, warm = Path(name), Path(name, "warm")
        folder.joinpath("bare.py").write_text(_BARE)
        folder.joinpath("a.txt").write_text(_ARTICLE)
        files = [f"{number}.txt" for number in range(_FILES)]
        for number, file in enumerate(files):
            folder.joinpath(file).write_text("\n".join(_PARAGRAPH.format(number + line) for line in range(10)))
        hook = [clean, "--check", "--force-exclude"]
        commands = {
            "bare": [sys.executable, "bare.py"],
            "cold": [clean, "a.txt"],
            "warm": [clean, "a.txt"],
            "version": [clean, "--version"],
            "reading": [sys.executable, "-c", _READING, *files],
            "known": [*hook, *files],
            "one new": [*hook, *files],
            "all new": [*hook, "--no-cache", *files],
        }
        seconds: dict[str, list[float]] = {each: [] for each in commands}
        time.sleep(3)  # verdicts are kept only of a program that was left alone for a moment
        processor(commands["known"], warm, folder)
        for turn in range(rounds):
            for each, command in commands.items():
                if each == "one new":
                    folder.joinpath(files[0]).write_text(_PARAGRAPH.format(-turn))
                cold = Path(name, "cold")
                seconds[each].append(processor(command, cold if each == "cold" else warm, folder))
                shutil.rmtree(cold, ignore_errors=True)
    took = {each: median(some) for each, some in seconds.items()}
    least = took["version"] + took["reading"]
    return [
        ("bare typer program, CPU seconds", took["bare"]),
        ("clean FILE with a cold cache, times that", took["cold"] / took["bare"]),
        ("clean FILE with a warm cache, times that", took["warm"] / took["bare"]),
        (f"clean --version and reading {_FILES} files, CPU seconds", least),
        ("clean --check on them, all known to be clean, times that", took["known"] / least),
        ("clean --check on them, one of them new, times that", took["one new"] / least),
        ("clean --check on them, none known, times that", took["all new"] / least),
    ]


def main() -> None:
    parser = argparse.ArgumentParser(prog="python -m benchmarks.startup", description=__doc__)
    parser.add_argument("--rounds", type=int, default=15)
    for what, value in startup(parser.parse_args().rounds):
        print(f"  {what:58s} {value:>9.3g}")


if __name__ == "__main__":
    main()
