"""Runs work in the order of a graph: each piece as soon as what it needs is done."""

from __future__ import annotations

from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping, Sequence
    from threading import Event

#: Seconds between two looks at the stop flag; signals are handled in between.
_TICK = 0.25


def run_graph(
    tasks: Sequence[str],
    needs: Mapping[str, Collection[str]],
    work: Callable[[str], None],
    *,
    slots: int,
    stopping: Event,
) -> set[str]:
    """Call `work` for each task, at most `slots` at once, and return the tasks that were called.

    A task starts when the tasks in its `needs` have ended, with whatever result: `work` looks at
    that. Tasks that are free at the same time start in the order given. Once `stopping` is set
    nothing new starts. An exception in `work` is raised after everything that runs has ended.
    """
    open_tasks = list(tasks)
    done: set[str] = set()
    called: set[str] = set()
    running: dict[Future[None], str] = {}
    failure: BaseException | None = None
    wanted = {task: set(needs.get(task, ())) & set(tasks) for task in tasks}
    with ThreadPoolExecutor(max_workers=slots) as pool:
        while True:
            if failure is None and not stopping.is_set():
                for task in [task for task in open_tasks if wanted[task] <= done]:
                    if len(running) == slots:
                        break
                    open_tasks.remove(task)
                    called.add(task)
                    running[pool.submit(work, task)] = task
            if not running:
                break
            ended, _ = wait(running, timeout=_TICK, return_when=FIRST_COMPLETED)
            for future in ended:
                done.add(running.pop(future))
                failure = failure or future.exception()
    if failure is not None:
        raise failure
    return called
