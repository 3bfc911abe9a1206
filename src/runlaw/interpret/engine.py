"""A program ready to run: compiled variants, kept, and the root of every way of running."""

from __future__ import annotations

from itertools import product

from runlaw.algebra.facts import Facts, facts
from runlaw.interpret import (
    acall,
    amerge,
    apart,
    astream,
    call,
    call_leaf,
    drive,
    flows,
    limits,
    merge,
    observe,
    stream,
    watched_stretch,
)
from runlaw.interpret.control import Control, Stopped
from runlaw.interpret.current import CURRENT
from runlaw.interpret.executing import get_executing
from runlaw.interpret.locate import locate
from runlaw.interpret.program import Call, Flat, Mode, Program
from runlaw.interpret.run import Env, Here, Run
from runlaw.interpret.visit import Tether, Visit, visit
from runlaw.interpret.watch import give_up, is_over
from runlaw.kernel.config import NO_CONFIG, Config, check_configs
from runlaw.kernel.nodes import Node, Pipe

RULE_MODULES = (
    call,
    call_leaf,
    acall,
    stream,
    astream,
    merge,
    amerge,
    flows,
    drive,
    limits,
    observe,
    watched_stretch,
    apart,
)
"""The modules that say what node kinds mean; importing them registers their rules."""
MODES = {mode: Mode(*mode) for mode in product((False, True), repeat=3)}


class Engine:
    """The compiled forms of one node. They are a cache: no part of the node's value."""

    def __init__(self, node: Node) -> None:
        self.node = node
        self.facts: Facts = facts(node)
        self.asynchronous: bool = self.facts.asynchronous
        self.listens: bool = self.facts.listens
        self._programs: dict[Mode, Program] = {}
        root = self.program(Mode())
        self.name: str = root.name
        undisturbed = root.config is NO_CONFIG and not self.listens
        self.plain: bool = undisturbed and self.facts.depth == 0
        """Whether its streams need no run to be known of: one thread reads them, and nobody listens."""
        self.root = root
        calls = undisturbed and not self.asynchronous
        self.quick: Flat | None = (call_leaf.bare(root.node) or root.flat) if calls else None
        """What ``invoke`` calls where nothing but the value matters."""
        self.quick_run: Run = Run(root, None, None, None)
        self.quick_run.quick = True
        self.aquick: Call | None = self._aquick() if undisturbed else None
        """What ``ainvoke`` awaits where nothing but the value matters."""

    def _aquick(self) -> Call | None:
        steps = self.node.steps if isinstance(self.node, Pipe) else (self.node,)
        known = [acall.plain(step) for step in steps]
        if any(step is None or step[1] == "hop" for step in known):
            return None
        return self.program(Mode(asynchronous=True)).call

    def program(self, mode: Mode) -> Program:
        """The root program in a mode."""
        program = self._programs.get(mode)
        if program is None:
            program = self._programs[mode] = Program(self.node, mode)
        return program

    def configs(self, config: object, size: int) -> list[Config]:
        """The config of each input of a batch; raises what ``check_configs`` raises.

        Raises:
            ValueError: The program has a ``run_id``, and there are several inputs.
        """
        checked = check_configs(config, size)
        for run_id in self.facts.run_ids if size > 1 else ():
            raise ValueError(
                f"{self.name} has the run_id {run_id} by with_config, which belongs to one run; the batch has {size} "
                "inputs: give each a config with a run_id of its own, and none to with_config"
            )
        return checked

    def begin(
        self,
        config: Config,
        asynchronous: bool,
        streaming: bool = False,
        watching: bool = False,
        placed: bool = True,
    ) -> Root:
        """The program in the right variant, and the run that stands for the whole call.

        The run around it is looked for at once, unless nobody may need to know and the run is not to be ``placed``.
        """
        outer = CURRENT.get()
        apart = watching
        watching = watching or self.listens or bool(config.listeners)
        here = None
        if placed or config is not NO_CONFIG or watching or (outer is not None and not outer.quick):
            here = around()
        inside_watched = here is not None and here.run.info is not None
        checked = not asynchronous and get_executing() is not None
        program = self.program(MODES[asynchronous, watching or inside_watched, checked])
        run = Run(program, None, None, None)
        run.own = config
        run.run_id_ = config.run_id
        run.name = config.run_name or program.name
        run.listeners = config.listeners
        limit = smaller(config.max_concurrency, program.config.max_concurrency)
        if here is None:
            run.env = Env(asynchronous, streaming)
            if limit is not None:
                run.control = run.env.bounded(limit)
            return Root(program, run)
        run.outer = here
        run.inherited = here.inherited()
        run.listeners = here.run.listeners + config.listeners
        run.parent_ids = here.ids()
        run.parent = here.run if inside_watched else None
        return Root(program, run, join(run, here.run, asynchronous, limit, apart))

    def begin_in(self, around: Run, control: Control | None, config: Config) -> Root:
        """One value of a batch: a run of its own under the limit of the whole batch."""
        watching = self.listens or bool(config.listeners or around.listeners) or around.parent is not None
        asynchronous = around.env is not None and around.env.asynchronous
        checked = not asynchronous and get_executing() is not None
        program = self.program(MODES[asynchronous, watching, checked])
        run = Run(program, around.parent, around.env, control)
        run.own = config
        run.run_id_ = config.run_id
        run.name = config.run_name or program.name
        run.outer = around.outer
        run.inherited = around.inherited
        run.listeners = around.listeners + config.listeners
        run.parent_ids = around.parent_ids
        run.siblings = around.children
        return Root(program, run, whole=False)


def around() -> Here | None:
    """The nearest run around the calling code; none where that code has outlived it.

    Raises:
        Stopped: It was abandoned.
    """
    here = locate()
    if here is None:
        return None
    if here.run.dead:
        raise Stopped
    return None if is_over(here.run) else here


def smaller(one: int | None, other: int | None) -> int | None:
    """The smaller of two limits, of which either may be none."""
    if one is None or other is None:
        return other if one is None else one
    return min(one, other)


def join(run: Run, outer: Run, asynchronous: bool, limit: int | None, apart: bool = False) -> Visit | Tether | None:
    """Let a run have part in the limit of the run around it.

    One that goes ``apart``, or another way than that run, has an environment, and so places, of its own: if the
    run around it is limited, only the one of the leaf that called it.
    """
    env, job = outer.env, get_executing()
    if env is not None and env.asynchronous == asynchronous and not apart and not in_thread_of(env, job):
        run.env = env
        run.control = outer.host
        visited = visit(run, outer, limit)
        if visited is not None or limit is None:
            return visited
    own = run.env = Env(asynchronous) if env is None else env.beside(asynchronous)
    host = None if asynchronous or apart else job
    limited = any(around is not None and around.limited for around in (env, job, outer.host))
    bound = smaller(limit, 1 if limited else None)
    if bound is not None:
        run.control = own.bounded(bound)
    return None if host is None else Tether(run, host)


def in_thread_of(env: Env, job: Control | None) -> bool:
    """Whether a job runs in a thread of an async run, and so not on its event loop."""
    return job is not None and env.slots is not None and job.limit is env.slots.threads


class Root:
    """One call of a program by one of the ways of running."""

    __slots__ = ("admitted", "program", "run", "visit", "whole")

    def __init__(
        self, program: Program, run: Run, visited: Visit | Tether | None = None, *, whole: bool = True
    ) -> None:
        self.program: Program = program
        self.run: Run = run
        self.visit: Visit | Tether | None = visited
        self.whole: bool = whole
        """Whether it is the whole call, and not one value of a batch."""
        self.admitted: bool = run.control is None
        """Whether the run has a thread of control, and so a place, only once it asks for one."""

    def enter(self) -> None:
        """A sync call begins; inside a limited run it may have to wait for a place."""
        if self.visit is not None:
            self.visit.enter()

    def pause(self) -> None:
        """Its reader goes on with a chunk."""
        if self.visit is not None:
            self.visit.pause()

    def resume(self) -> None:
        """Another chunk is asked for, or that it closes."""
        if self.visit is not None:
            self.visit.resume()

    def leave(self) -> None:
        """The sync call is over; runs of its values that are not over were abandoned."""
        run = self.run
        if run.children is not None:
            give_up(run.children.children)
        if self.admitted and run.control is not None and run.control.scheduler is not None:
            run.control.scheduler.lend(run.control)
        if self.whole and run.env is not None:
            run.env.end(run.control)
        if self.visit is not None:
            self.visit.leave()

    async def aenter(self) -> None:
        """An async call begins; inside a limited run it may have to wait for a place."""
        if isinstance(self.visit, Visit):
            await self.visit.aenter()

    def apause(self) -> None:
        """``pause`` of an async stream."""
        if isinstance(self.visit, Visit):
            self.visit.apause()

    async def aresume(self) -> None:
        """``resume`` of an async stream."""
        if isinstance(self.visit, Visit):
            await self.visit.aresume()

    def aleave(self) -> None:
        """The async call is over."""
        if isinstance(self.visit, Visit):
            self.visit.aleave()
        if self.whole and self.run.env is not None:
            self.run.env.end(self.run.control)
