from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from multiprocessing import Pipe, forkserver
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from cleaner.batch import pool as pools
from cleaner.batch.pool import Pool
from cleaner.errors import CleanError
from obedient import Items, obedient, stillborn, unready


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


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs processes that fork")
def test_what_forks_the_workers_is_killed_again_and_again() -> None:
    tasks: list[Items] = [[n, 0.01] for n in range(50)]
    shot = set()
    with Pool[Items, Items](obedient, 2) as pool:
        for count, (_, result) in enumerate(pool.map(iter(tasks))):
            assert result[0] == count
            victim = forkserver._forkserver._forkserver_pid  # type: ignore[attr-defined]
            if count % 10 == 0 and victim:
                os.kill(victim, signal.SIGKILL)
                os.kill(pool.pids[0], signal.SIGKILL)
                shot.add(victim)
    assert len(shot) > 2


def test_workers_that_cannot_be_started(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pools, "_START_AGAIN", 0.0)
    left = [3]

    class Unlucky(pools._Process):
        def __init__(self, *arguments: object) -> None:
            if left[0]:
                left[0] -= 1
                raise EOFError("unexpected EOF")
            super().__init__(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(pools, "_Process", Unlucky)
    with Pool[Items, Items](obedient, 1) as pool:
        assert [result for _, result in pool.map(iter([[1]]))] == [[1]]
    left[0] = 1000
    with pytest.raises(CleanError, match=r"no worker can be started \(unexpected EOF\)"):
        Pool[Items, Items](obedient, 1)


def test_no_descriptor_is_left_open() -> None:
    def used() -> int:
        return len(list(Path("/dev/fd").iterdir()))

    def use() -> None:
        with Pool[Items, Items](obedient, 2) as pool:
            list(pool.map(iter([["exit"], [1]])))

    use()
    before = used()
    use()
    assert used() == before


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


def test_a_worker_serves_until_its_pipe_closes(monkeypatch: pytest.MonkeyPatch) -> None:
    """What runs in a worker, run here, where it can be looked at."""
    limits: list[tuple[int, int]] = []
    monkeypatch.setattr(pools, "_die_with_parent", lambda: None)
    monkeypatch.setattr(pools.signal, "signal", lambda *_: None)
    monkeypatch.setattr("resource.setrlimit", lambda _, limit: limits.append(limit))
    for setup, answers in (
        (obedient, [(True, [1, 2]), (True, ["why", 3]), "a worker failed: ValueError: no luck"]),
        (unready, ["cannot begin"]),
    ):
        ours, theirs = Pipe()
        cells = [0, 0, 7, 7]
        for task in (([1, 2], {}), ([4, 3], {1: "why"}), (["raise"], {})):
            ours.send(task)
        received: list[tuple[bool, object]] = [(False, None)] * len(answers)

        def collect(ours: Connection = ours, received: list[tuple[bool, object]] = received) -> None:
            received[:] = [ours.recv() for _ in received]
            ours.close()

        done = threading.Thread(target=collect)
        done.start()
        pools._serve(theirs, cells, 1, setup, 1 << 40)
        done.join()
        assert [answer if answer[0] else str(answer[1]) for answer in received] == answers
        assert cells[:3] == [0, 0, 7 if setup is unready else 0]
    assert [soft for soft, _ in limits] == [1 << 40] * 2


def test_workers_that_never_begin() -> None:
    with Pool[Items, Items](stillborn, 1) as pool, pytest.raises(CleanError, match=r"workers end before they do anything .*exit code 9"):
        list(pool.map(iter([[1]])))
    with Pool[Items, Items](unready, 1) as pool, pytest.raises(CleanError, match="cannot begin"):
        list(pool.map(iter([[1]])))
