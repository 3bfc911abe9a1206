"""How code inside a leaf finds the run it is in.

Where nobody watches, a call leaves no trace but its frames, in which the closures that call leaves are marked: the
place of the code that asks is read off the stack. The run of such a call is made when it is first asked for, and
kept while the call's frame lasts.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from copy import copy
from types import CodeType, FrameType
from typing import Any, Literal, TypeVar

from runlaw.interpret.blame import blame, leaves_run
from runlaw.interpret.current import CURRENT, KEYS, LEAVES, ROOTS
from runlaw.interpret.program import Program, wrapper
from runlaw.interpret.run import Here, Run

Mark = Literal["leaf", "open", "stream", "batch", "call", "apart", "heard"]
HIDES = ("apart", "heard")
MARKED: dict[int, tuple[CodeType, Mark]] = {}
F = TypeVar("F", bound=Callable[..., Any])  # Any: closures of every shape


def marked(closure: F, kind: Mark = "leaf") -> F:
    """Mark a closure that calls leaves, so that they find their place.

    A leaf's holds ``program``, or ``program_at`` and the ``index`` of a step; if it runs steps in a loop,
    ``remaining``, ``count`` and, for steps of a pipe, ``base``. One that opens a leaf's stream holds ``program``, and
    calls ``opened`` at its end. The root of a stream holds ``root_run``, that of a quick call the Runnable ``self``,
    ``quick`` and ``config``, and that of a quick batch its ``machine`` and the iterator ``batch``.
    One that begins a run ``apart`` hides what is around it, as in a process that was forked there; so does one that is
    ``heard`` by listeners, which holds the run ``inside`` which it tells.
    """
    MARKED[id(closure.__code__)] = closure.__code__, kind
    return closure


def locate() -> Here | None:
    """The nearest run around the calling code, or ``None`` outside one."""
    run = CURRENT.get()
    if run is not None and run.info is not None:
        return Here(run, run.program, None)
    return nearest(sys._getframe(1), run)


def nearest(frame: FrameType | None, run: Run | None) -> Here | None:
    """The nearest run around a frame, where ``run`` is what the context knows of."""
    inner: tuple[Program, object] | None = None
    while frame is not None:
        mark = MARKED.get(id(frame.f_code))
        if LEAVES and inner is None and frame in LEAVES:
            inner = LEAVES[frame], KEYS.get(frame, frame)
        if mark is not None:
            kind, local = mark[1], frame.f_locals
            if kind == "apart" or (kind == "heard" and local["inside"] is not run):
                break
            if kind == "heard":
                return None
            if kind == "leaf":
                inner = inner or (program_of(local), (frame, _position(local)))
            elif kind == "open":
                inner = inner or (program_of(local), KEYS.setdefault(frame, object()))
            elif kind == "stream":
                if local.get("root_run") is not None and (run is None or run.quick):
                    run = enclosed(local["root_run"], frame)
                    break
            elif is_root(local) and (run is None or run.quick or stands_in(ROOTS.get(frame), run)):
                run = root_of(frame, local)
                break
        frame = frame.f_back
    if run is None:
        return None
    if run.quick:
        run = copy(run)
        run.quick = False
        run.ids = {}
        CURRENT.set(run)
    return Here(run, run.program, None) if inner is None else Here(run, *inner)


def opened(frame: FrameType, last: FrameType | None) -> None:
    """A leaf was opened in a frame: if it asked, the frame that makes its chunks, the ``last``, is the same run."""
    key = KEYS.pop(frame, None)
    if key is not None and last is not None:
        KEYS[last] = key


@wrapper("place")
def place(program: Program) -> tuple[str, int]:
    """The path of a program that fails, and how many runs it goes through before that of the program."""
    run = CURRENT.get()
    if run is None or run.quick:
        frame: FrameType | None = sys._getframe(1)
        if run is None and not _nested(frame):
            return program.path(), 0
        here = nearest(frame, run)
        run = None if here is None else here.run
    if run is None or run.program.root.node is not program.root.node:
        return program.path(), 0
    path = program.path(run.root_name())
    outer, inside = run.root.outer, 0
    if outer is None:
        return path, inside
    path = f"{outer.path()} > {path}"
    while outer is not None:
        outer = outer.run.root.outer
        inside += 1
    return path, inside


def _nested(frame: FrameType | None) -> bool:
    """Whether several frames may be the roots of runs."""
    roots = 0
    while frame is not None and roots < 2:
        mark = MARKED.get(id(frame.f_code))
        if mark is not None and mark[1] in HIDES:
            break
        if mark is not None and mark[1] not in ("leaf", "open"):
            roots += 1
        frame = frame.f_back
    return roots == 2


def leave(error: BaseException, frame: FrameType | None, *, inside: bool) -> None:
    """An error leaves a call, which stands inside a leaf of another run if that is known, or its frames say so."""
    while not inside and frame is not None:
        mark = MARKED.get(id(frame.f_code))
        if mark is not None and mark[1] in HIDES:
            break
        if mark is not None and mark[1] not in ("leaf", "open"):
            local = frame.f_locals
            inside = local.get("root_run") is not None if mark[1] == "stream" else is_root(local)
        frame = frame.f_back
    if inside:
        leaves_run(error)


def fail(error: Exception, program: Program, frame: FrameType | None, *, inside: bool) -> None:
    """A quick call raised: the error names the program, and leaves the call."""
    blame(error, program)
    leave(error, frame, inside=inside)


def is_root(local: dict[str, Any]) -> bool:  # Any: whatever the frame holds
    """Whether a marked call or batch is a run that only its frame tells of."""
    return "batch" in local or (local.get("quick") is not None and local["config"] is None)


def root_of(frame: FrameType, local: dict[str, Any]) -> Run:  # Any: whatever the frame holds
    """The run of a call, or of the present item of a batch, that only its frame tells of."""
    run = ROOTS.get(frame)
    if run is None:
        machine = local["machine"] if "batch" in local else local["self"]._engine
        run = Run(machine.root, None, None, None)
        run.ids = {}
        ROOTS[frame] = enclosed(run, frame)
    return _of_item(run, local["batch"].__length_hint__()) if "batch" in local else run


def enclosed(run: Run, frame: FrameType) -> Run:
    """A root's run, that knows of the run around its frame."""
    if run.outer is None:
        run.outer = nearest(frame.f_back, CURRENT.get())
        if run.outer is not None:
            run.inherited = run.outer.inherited()
            run.parent_ids = run.outer.ids()
    return run


def stands_in(run: Run | None, outer: Run) -> bool:
    """Whether a run is known to be inside another one."""
    while run is not None:
        if run is outer:
            return True
        run = None if run.outer is None else run.outer.run
    return False


def program_of(local: dict[str, Any]) -> Program:  # Any: whatever the frame holds
    """The program that a marked frame is running."""
    remaining = local.get("remaining")
    at = local.get("index", 0) if remaining is None else local["count"] - remaining.__length_hint__() - 1
    if "program_at" in local:
        return local["program_at"](at)  # type: ignore[no-any-return]  # a Program
    program: Program = local["program"]
    return program if remaining is None else program.step(local["base"] + at)


def _position(local: dict[str, Any]) -> int:  # Any: whatever the frame holds
    remaining = local.get("remaining")
    return 0 if remaining is None else int(remaining.__length_hint__())


def _of_item(run: Run, left: int) -> Run:
    """The run of the item of a batch after which so many are left."""
    if run.items is None:
        run.items = {}
    item = run.items.get(left)
    if item is None:
        item = run.items[left] = copy(run)
        item.ids = {}
        item.run_id_ = None
    return item
