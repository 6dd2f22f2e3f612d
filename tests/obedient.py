"""Workers for tests of the pool, in a module that takes no time to import: each process of a pool does."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping

from cleaner.batch.pool import Worker
from cleaner.errors import CleanError

Items = list[object]


def obedient() -> Worker:
    """A worker that does what the items say."""

    def work(items: Items, left_out: Mapping[int, str], mark: Callable[[int], None]) -> Items:
        results: Items = []
        for number, item in enumerate(items, 1):
            mark(number)
            if number in left_out:
                results.append(left_out[number])
                continue
            if item == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            elif item == "fault":
                os.kill(os.getpid(), signal.SIGSEGV)
            elif item == "exit":
                os._exit(3)
            elif item == "hang":
                signal.pthread_sigmask(signal.SIG_BLOCK, signal.valid_signals())
                time.sleep(1000)
            elif item == "pid":
                item = os.getpid()
            elif item == "large":
                item = b"x" * (5 << 20)
            elif isinstance(item, float):
                time.sleep(item)
            elif item == "raise":
                raise ValueError("no luck")
            results.append(item)
        mark(0)
        return results

    return work


def stillborn() -> Worker:
    os._exit(9)


def unready() -> Worker:
    raise CleanError("cannot begin")
