from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping

import pytest

from cleaner.batch import pool as pools
from cleaner.batch.pool import Pool, Worker
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


def test_results_come_in_order() -> None:
    with Pool[Items, Items](obedient, 3) as pool:
        tasks: list[Items] = [[0.05, 1], [2], [], [3, 0.02], ["large"], *[[n] for n in range(50)]]
        assert list(pool.map(iter(tasks))) == [(task, [b"x" * (5 << 20)] if task == ["large"] else task) for task in tasks]


@pytest.mark.parametrize(
    ("poison", "reason"),
    [
        ("kill", "the worker died of SIGKILL (out of memory?)"),
        ("fault", "the worker died of SIGSEGV"),
        ("exit", "the worker ended with exit code 3"),
        ("hang", "took longer than 0.5 s"),
    ],
)
def test_only_the_poison_is_left_out(poison: str, reason: str) -> None:
    with Pool[Items, Items](obedient, 2, timeout=0.5) as pool:
        tasks: list[Items] = [[1, 2], [3, poison, 4], [5]]
        assert [result for _, result in pool.map(iter(tasks))] == [[1, 2], [3, reason, 4], [5]]


def test_several_poisons_in_one_task() -> None:
    with Pool[Items, Items](obedient, 1) as pool:
        [(_, result)] = pool.map(iter([["kill", 1, "exit", "fault"]]))
    assert result == ["the worker died of SIGKILL (out of memory?)", 1, "the worker ended with exit code 3", "the worker died of SIGSEGV"]


def test_a_worker_that_others_kill_costs_nothing() -> None:
    with Pool[Items, Items](obedient, 2) as pool:
        done = threading.Event()

        def shoot() -> None:
            for _ in range(5):
                if done.wait(0.3):
                    break
                os.kill(pool.pids[0], signal.SIGKILL)

        killer = threading.Thread(target=shoot)
        tasks: list[Items] = [[n, 0.02, "large"] for n in range(40)]
        killer.start()
        try:
            results = [result[0] for _, result in pool.map(iter(tasks))]
        finally:
            done.set()
            killer.join()
    assert results == list(range(40))


def test_tasks_are_taken_no_further_ahead_than_needed() -> None:
    taken = 0

    def tasks() -> Iterator[Items]:
        nonlocal taken
        for n in range(100):
            taken += 1
            yield [n]

    with Pool[Items, Items](obedient, 2) as pool:
        for count, _ in enumerate(pool.map(tasks()), 1):
            assert taken <= count + 2 * pools._WINDOW + 2


def test_workers_are_replaced_after_a_while() -> None:
    with Pool[Items, Items](obedient, 1, recycle=3) as pool:
        pids = [result[0] for _, result in pool.map(iter([["pid"]] * 9))]
    assert len(set(pids)) == 3


def test_an_error_in_the_work_is_raised() -> None:
    with Pool[Items, Items](obedient, 1) as pool, pytest.raises(CleanError, match="a worker failed: ValueError: no luck"):
        list(pool.map(iter([["raise"]])))


def test_workers_that_never_begin() -> None:
    with Pool[Items, Items](stillborn, 1) as pool, pytest.raises(CleanError, match=r"workers end before they do anything .*exit code 9"):
        list(pool.map(iter([[1]])))
    with Pool[Items, Items](unready, 1) as pool, pytest.raises(CleanError, match="cannot begin"):
        list(pool.map(iter([[1]])))
