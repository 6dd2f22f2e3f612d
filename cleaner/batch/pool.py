"""A pool of processes that loses at most one task at a time, and that one is done again.

Each worker has a pipe of its own and shares no lock with the others: a worker that is killed while
it reads or writes leaves nothing locked and no half message in another's way. (A pipe with a lock
for all, as process pools usually have, stays locked for ever when its holder gets a SIGKILL.)

A task is a sequence of items. The worker notes in shared memory which one it has in hand and since
when: an item on which workers die again and again, or that takes too long, is thereby known and
left out of the next attempt. What hangs is killed from outside, since a process stuck in C code
heeds nothing else.

Workers are forked by a process of multiprocessing's own (its fork server), which can be killed like
any other: it is then started anew. Neither it nor the workers have a stderr, so that nothing that
goes wrong with them is told but by the pool.
"""

from __future__ import annotations

import ctypes
import gc
import multiprocessing
import os
import signal
import sys
import time
import warnings
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from multiprocessing.connection import Connection, wait
from typing import Any, Generic, TypeVar

from cleaner.errors import CleanError

T = TypeVar("T")
R = TypeVar("R")

#: Called by the work with the number of the item in hand, from 1; 0: none.
Mark = Callable[[int], None]
#: Does a task, less the items that are to be left out (number -> why).
Worker = Callable[[Any, Mapping[int, str], Mark], Any]

#: A worker's death may be somebody else's doing: only an item under which so many died is to blame.
_DEATHS = 3
_TIMEOUTS = 2
#: New objects after which a worker looks for garbage that only a search finds.
_GARBAGE = 20_000
#: Workers that die so often in a row without having done anything will not do better next time.
_FALSE_STARTS = 10
#: How often a worker is started before that is given up, and the seconds in between.
_STARTS = 20
_START_AGAIN = 0.05
#: Results that wait for an earlier one, and tasks in hand, for each worker.
_WINDOW = 6
_TICK = 0.2
_PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class _Task(Generic[T]):
    number: int
    payload: T
    left_out: dict[int, str] = field(default_factory=dict)
    strikes: dict[tuple[int, str], int] = field(default_factory=dict)


class _Process:
    """A worker process, with its end of the pipe and its two cells of shared memory."""

    def __init__(self, context: Any, cells: Any, slot: int, setup: Callable[[], Worker], memory: int) -> None:
        self.slot = slot
        self.cells = cells
        self.task: _Task[Any] | None = None
        self.since = 0.0
        self.done = 0
        self.overdue = False
        self.mark(0)
        self.pipe, theirs = context.Pipe()
        self.process = context.Process(target=_serve, args=(theirs, cells, slot, setup, memory), daemon=True)
        try:
            with _apart():
                self.process.start()
        except BaseException:
            self.pipe.close()
            raise
        finally:
            theirs.close()

    def mark(self, item: int) -> None:
        self.cells[2 * self.slot] = item
        self.cells[2 * self.slot + 1] = time.monotonic_ns()

    @property
    def item(self) -> int:
        return int(self.cells[2 * self.slot])

    @property
    def item_seconds(self) -> float:
        return (time.monotonic_ns() - int(self.cells[2 * self.slot + 1])) / 1e9

    def give(self, task: _Task[Any]) -> bool:
        """Send the task; False: the worker is dead."""
        self.task = task
        self.mark(0)
        try:
            self.pipe.send((task.payload, task.left_out))
        except OSError:
            return False
        return True

    def end(self) -> int | None:
        """Kill the process, unless it has ended, and return its exit code."""
        if self.process.is_alive():
            self.process.kill()
        self.process.join()
        self.pipe.close()
        code: int | None = self.process.exitcode
        self.process.close()
        return code


class Pool(Generic[T, R]):
    """Does tasks in ``workers`` processes, in order, few at a time; ``setup`` makes the work in each of them.

    ``timeout`` is in seconds for one item. ``memory`` is what a worker may hold, in bytes; 0: anything.
    A worker is replaced after ``recycle`` tasks. Use it in a ``with`` block.
    """

    def __init__(
        self,
        setup: Callable[[], Worker],
        workers: int,
        timeout: float = 60,
        memory: int = 0,
        recycle: int = 500,
        preload: tuple[str, ...] = (),
    ) -> None:
        method = "forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn"
        self._context: Any = multiprocessing.get_context(method)
        if method == "forkserver" and preload:
            self._context.set_forkserver_preload(list(preload))
        self._cells = self._context.RawArray(ctypes.c_longlong, 2 * workers)
        self._setup = setup
        self._timeout = timeout
        self._memory = memory
        self._recycle = recycle
        self._workers = [self._start(slot) for slot in range(workers)]
        self._false_starts = 0

    def __enter__(self) -> Pool[T, R]:
        return self

    def __exit__(self, *_: object) -> None:
        for worker in self._workers:
            worker.end()

    @property
    def pids(self) -> list[int]:
        """The process ids of the workers."""
        return [worker.process.pid for worker in self._workers]

    def map(self, tasks: Iterator[T], idle: Callable[[], None] = lambda: None) -> Iterator[tuple[T, R]]:
        """Yield each task with its result, in order; ``idle`` is called now and then while nothing is ready.

        Tasks are taken from the iterator as workers come free and no further ahead than a few for each
        worker, so that neither tasks nor results pile up. An exception in the work is raised here.
        Raises ``CleanError`` if workers cannot be kept alive at all.
        """
        queue = _Queue(tasks)
        results: dict[int, tuple[_Task[T], R]] = {}
        due = 0
        while True:
            limit = due + _WINDOW * len(self._workers)
            for worker in self._workers:
                if worker.task is None and (task := queue.take(limit)) is not None and not worker.give(task):
                    self._bury(worker, queue)
            while due in results:
                task, result = results.pop(due)
                due += 1
                yield task.payload, result
            busy = [worker for worker in self._workers if worker.task is not None]
            if not busy:
                if queue.empty and due == queue.number:
                    return
                continue
            queue.read_ahead(len(self._workers), limit)
            ready = wait([worker.pipe for worker in busy], _TICK)
            for worker in busy:
                if worker.pipe in ready:
                    self._collect(worker, queue, results)
                elif self._late(worker):
                    worker.overdue = True
                    worker.process.kill()
            idle()

    # -- steps of ``map``

    def _collect(self, worker: _Process, queue: _Queue[T], results: dict[int, tuple[_Task[T], R]]) -> None:
        task = worker.task
        if task is None:
            return
        try:
            succeeded, result = worker.pipe.recv()
        except (EOFError, OSError):
            self._bury(worker, queue)
            return
        if not succeeded:
            raise result
        results[task.number] = (task, result)
        worker.task = None
        worker.done += 1
        self._false_starts = 0
        if worker.done >= self._recycle:
            self._replace(worker)

    def _late(self, worker: _Process) -> bool:
        # Item 0 is the start of the worker or the sending of a result, neither of which is timed.
        return worker.item != 0 and worker.item_seconds > self._timeout

    def _bury(self, worker: _Process, queue: _Queue[T]) -> None:
        """Put the task of a dead worker back, less the item that is to blame, and start another worker."""
        task, item, overdue = worker.task, worker.item, worker.overdue
        code = self._replace(worker)
        if task is None:
            return
        if item:
            self._false_starts = 0
            strikes = (item, "overdue" if overdue else "death")
            task.strikes[strikes] = task.strikes.get(strikes, 0) + 1
            if task.strikes[strikes] >= (_TIMEOUTS if overdue else _DEATHS):
                task.left_out[item] = f"took longer than {self._timeout:g} s" if overdue else _cause(code)
        else:
            self._false_starts += 1
            if self._false_starts >= _FALSE_STARTS:
                raise CleanError(f"workers end before they do anything ({_cause(code)}); try fewer workers or more memory for each")
        queue.again.append(task)

    def _replace(self, worker: _Process) -> int | None:
        code = worker.end()
        # The new one comes last, so that another gets the task if one is idle.
        self._workers.remove(worker)
        self._workers.append(self._start(worker.slot))
        return code

    def _start(self, slot: int) -> _Process:
        error: Exception | None = None
        for _ in range(_STARTS):
            try:
                return _Process(self._context, self._cells, slot, self._setup, self._memory)
            except (EOFError, OSError) as caught:
                # What forks the workers has just been killed: the next attempt finds that out and starts another.
                error = caught
                time.sleep(_START_AGAIN)
        raise CleanError(f"no worker can be started ({error}); try fewer workers")


class _Queue(Generic[T]):
    """Tasks that wait: those to be done again before those that come."""

    def __init__(self, tasks: Iterator[T]) -> None:
        self.again: deque[_Task[T]] = deque()
        self.number = 0
        self._ahead: deque[_Task[T]] = deque()
        self._tasks = tasks
        self._ended = False

    @property
    def empty(self) -> bool:
        return self._ended and not self.again and not self._ahead

    def take(self, limit: int) -> _Task[T] | None:
        """Return the next task, if there is one with a number below ``limit``."""
        if self.again:
            return self.again.popleft()
        self.read_ahead(1, limit)
        return self._ahead.popleft() if self._ahead else None

    def read_ahead(self, count: int, limit: int) -> None:
        """Have ``count`` tasks ready, if so many come and their numbers are below ``limit``."""
        while not self._ended and len(self._ahead) < count and self.number < limit:
            for payload in self._tasks:
                self._ahead.append(_Task(self.number, payload))
                self.number += 1
                break
            else:
                self._ended = True


@contextmanager
def _apart() -> Iterator[None]:
    """Let what is launched here have no stderr and take no ^C: a ^C on a terminal reaches all, and is the parent's to answer."""
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    sys.stderr.flush()
    stderr = os.dup(2)
    try:
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, 2)
        os.close(nowhere)
        with warnings.catch_warnings():
            # That multiprocessing's resource tracker had to be started anew is no one's concern.
            warnings.simplefilter("ignore", UserWarning)
            yield
    finally:
        os.dup2(stderr, 2)
        os.close(stderr)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _cause(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            name = signal.Signals(-code).name
            return f"the worker died of {name}" + (" (out of memory?)" if name == "SIGKILL" else "")
    return f"the worker ended with exit code {code}"


# -- in the worker


def _serve(pipe: Connection, cells: Any, slot: int, setup: Callable[[], Worker], memory: int) -> None:
    """Do tasks until the pipe closes."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    _die_with_parent()
    _limit_memory(memory)

    def mark(item: int) -> None:
        cells[2 * slot + 1] = time.monotonic_ns()
        cells[2 * slot] = item

    with suppress(EOFError, OSError):
        try:
            work = setup()
        except Exception as error:
            pipe.recv()
            pipe.send((False, _portable(error)))
            return
        # What is loaded by now stays: nobody need look through it for garbage, of which documents leave little.
        gc.freeze()
        gc.set_threshold(_GARBAGE)
        while True:
            payload, left_out = pipe.recv()
            try:
                answer = (True, work(payload, left_out, mark))
            except Exception as error:
                answer = (False, _portable(error))
            mark(0)
            pipe.send(answer)


def _portable(error: Exception) -> Exception:
    """Return the error in a form that can be sent, whatever it holds."""
    return error if isinstance(error, CleanError) else CleanError(f"a worker failed: {type(error).__name__}: {error}")


def _limit_memory(size: int) -> None:
    if size:
        with suppress(ImportError, ValueError, OSError):
            import resource

            resource.setrlimit(resource.RLIMIT_DATA, (size, resource.getrlimit(resource.RLIMIT_DATA)[1]))


def _die_with_parent() -> None:
    """Have the kernel end this process when the one that started it ends, even if it hangs then."""
    if sys.platform == "linux":
        with suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
        if os.getppid() == 1:
            # It has ended already.
            os._exit(1)
