"""Typed functional combinators: programs as values, checked by a type checker, run in every way."""

from runlaw.combinators.attempt import attempt
from runlaw.combinators.batch import map_batch
from runlaw.combinators.branch import branch
from runlaw.combinators.config import with_config, with_listeners
from runlaw.combinators.fallbacks import with_fallbacks
from runlaw.combinators.identity import identity
from runlaw.combinators.leaves import const, unpack
from runlaw.combinators.lift import lift
from runlaw.combinators.lift_batch import lift_batch
from runlaw.combinators.lift_stream import lift_stream
from runlaw.combinators.lift_transform import lift_transform
from runlaw.combinators.map_chunks import map_chunks
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.combinators.records import assign, pick
from runlaw.combinators.retry import exponential, fixed, with_retry
from runlaw.combinators.timeout import with_timeout
from runlaw.combinators.types import with_types, with_validation
from runlaw.events.state import RunLog, RunLogPatch
from runlaw.events.stream_types import StreamEvent
from runlaw.interpret.graph import Graph
from runlaw.interpret.now import CurrentRun, current_run, emit
from runlaw.kernel.config import RunConfig
from runlaw.kernel.monoid import last, record_monoid
from runlaw.kernel.semigroup import Monoid, Semigroup
from runlaw.runnable import Runnable

__all__ = [
    "CurrentRun",
    "Graph",
    "Monoid",
    "RunConfig",
    "RunLog",
    "RunLogPatch",
    "Runnable",
    "Semigroup",
    "StreamEvent",
    "assign",
    "attempt",
    "branch",
    "const",
    "current_run",
    "emit",
    "exponential",
    "fixed",
    "identity",
    "last",
    "lift",
    "lift_batch",
    "lift_stream",
    "lift_transform",
    "map_batch",
    "map_chunks",
    "parallel",
    "pick",
    "pipe",
    "record_monoid",
    "unpack",
    "with_config",
    "with_fallbacks",
    "with_listeners",
    "with_retry",
    "with_timeout",
    "with_types",
    "with_validation",
]
