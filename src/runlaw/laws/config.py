"""Configs are a monoid that acts on programs: they merge in order, and never change a value."""

from __future__ import annotations

from uuid import UUID

from runlaw.combinators.batch import map_batch
from runlaw.combinators.config import with_config
from runlaw.combinators.lift import lift
from runlaw.combinators.parallel import parallel
from runlaw.combinators.pipe import pipe
from runlaw.kernel.config import NO_CONFIG, Config, RunConfig, check_config
from runlaw.laws.gauge import Gauge
from runlaw.laws.law import Case, Claim, identical, law, meaning, nothing_wrong, outcomes
from runlaw.laws.palette import ignore, same
from runlaw.laws.trace import Trace
from runlaw.laws.ways import run_async

_CONFIGS: tuple[RunConfig, ...] = (
    {"tags": ["a", "b"], "metadata": {"k": 1}},
    {"tags": ["b", "c"], "metadata": {"k": 2, "l": 3}, "run_name": "n"},
    {"run_name": "m", "max_concurrency": 3},
    {"max_concurrency": 2, "tags": ["a"], "listeners": [ignore]},
)


def configs(case: Case) -> tuple[RunConfig, RunConfig, RunConfig]:
    """Three configs, which ones depends on the case."""
    first, second, third = (_CONFIGS[(case.number + step) % len(_CONFIGS)] for step in range(3))
    return first, second, third


@law("config", "with_config(r, c) = r")
def configs_change_no_value(case: Case) -> Claim:
    return meaning(case, with_config(case.program, configs(case)[0]), case.program)


@law("config", "r.invoke(x, c) = r.invoke(x)")
def configs_of_a_call_change_no_value(case: Case) -> Claim:
    r, x = case.program, case.value
    config = configs(case)[1]
    return outcomes(f"{r!r} with {config}", lambda: r.invoke(x, config), f"{r!r}", lambda: r.invoke(x), (r, x))


@law("config", "r.invoke(x, {'max_concurrency': 1}) = r.invoke(x), in the sync and in the async way")
def one_at_a_time(case: Case) -> Claim:
    r, x = case.program, case.value
    asynchronous = case.asynchronous
    one: RunConfig = {"max_concurrency": 1}
    return outcomes(
        f"{r!r} at limit 1", lambda: run_async(r.ainvoke(x, one)) if asynchronous else r.invoke(x, one),
        f"{r!r}", lambda: r.invoke(x), (r, x),
    )  # fmt: skip


@law("config", "with_config(with_config(r, c), d) == with_config(r, c merged with d)")
def nested_configs_merge(case: Case) -> Claim:
    r, (c, d, _) = case.program, configs(case)
    merged = check_config(c).merge(check_config(d))
    said: RunConfig = {"tags": list(merged.tags), "metadata": dict(merged.metadata), "listeners": merged.listeners}
    if merged.run_name is not None:
        said["run_name"] = merged.run_name
    if merged.max_concurrency is not None:
        said["max_concurrency"] = merged.max_concurrency
    return identical(lambda: with_config(with_config(r, c), d), lambda: with_config(r, said))


@law("config", "(c + d) + e = c + (d + e), for merging configs", of_library=True)
def merging_is_associative(case: Case) -> Claim:
    c, d, e = map(check_config, configs(case))
    return identical(lambda: _known(c.merge(d).merge(e)), lambda: _known(c.merge(d.merge(e))))


@law("config", "c + {} = c = {} + c, for merging configs", of_library=True)
def the_empty_config_is_neutral(case: Case) -> Claim:
    c = check_config(configs(case)[0])
    return identical(
        lambda: (_known(c.merge(NO_CONFIG)), _known(NO_CONFIG.merge(c)), _known(c.merge(Config()))),
        lambda: (_known(c),) * 3,
    )


def _known(config: Config) -> tuple[object, ...]:
    items = tuple(sorted((key, str(value)) for key, value in config.metadata.items()))
    return config.run_name, config.run_id, config.tags, items, config.max_concurrency, config.listeners


@law("config", "the call's config wins over with_config, an outer with_config over an inner one")
def the_outermost_wins(case: Case) -> Claim:
    inner = with_config(case.program, run_name="inner", tags=["i"], metadata={"k": "inner", "l": 1})
    said = with_config(inner, run_name="outer", tags=["o"], metadata={"k": "outer"})
    call: RunConfig = {"run_name": "call", "tags": ["c"], "metadata": {"k": "call"}}
    expected: tuple[tuple[RunConfig, str, set[str]], ...] = (({}, "outer", {"i", "o"}), (call, "call", {"i", "o", "c"}))

    def find() -> list[str]:
        wrong = []
        for config, winner, tags in expected:
            root = Trace.of(said, case.value, case.way, config).root
            seen = (root.name, root.metadata.get("k"), root.metadata.get("l"))
            if seen != (winner, winner, 1) or not tags <= set(root.tags):
                wrong.append(f"called with {config}: {seen}, tagged {root.tags}")
        return wrong

    return nothing_wrong(f"the root's run of {said!r}", find)


@law("config", "the run_id of a call is its root run's, and no other run's")
def run_ids_are_kept(case: Case) -> Claim:
    chosen = UUID(int=case.number + 1)

    def find() -> list[str]:
        trace = Trace.of(pipe(case.program, same), case.value, case.way, {"run_id": chosen})
        ids = [run.run_id for run in trace.runs]
        return [] if ids[:1] == [chosen] and ids.count(chosen) == 1 else [f"the runs have the ids {ids}"]

    return nothing_wrong("the run ids", find)


@law("config", "tags and metadata of the call are those of every run inside")
def tags_pass_to_children(case: Case) -> Claim:
    def find() -> list[str]:
        trace = Trace.of(case.program, case.value, case.way, {"tags": ["passed"], "metadata": {"law": 1}})
        return [
            f"{run.name} has the tags {run.tags} and the metadata {dict(run.metadata)}"
            for run in trace.runs
            if "passed" not in run.tags or run.metadata.get("law") != 1
        ]

    return nothing_wrong(f"tags and metadata in runs of {case.program!r}", find)


@law("config", "at most max_concurrency leaves run at one time, however parallel and map_batch nest", of_library=True)
def limits_hold(case: Case) -> Claim:
    limit = case.number + 1

    def find() -> list[str]:
        gauge = Gauge()
        leaf = lift(gauge.aenter_and_leave) if case.asynchronous else lift(gauge.enter_and_leave)
        program = parallel(map_batch(leaf), map_batch(parallel(leaf, pipe(leaf, leaf))))
        config: RunConfig = {"max_concurrency": limit}
        if case.asynchronous:
            run_async(program.ainvoke([1, 2, 3], config))
        else:
            program.invoke([1, 2, 3], config)
        wrong = [] if gauge.peak <= limit else [f"{gauge.peak} ran at one time; the limit is {limit}"]
        return wrong if gauge.entered == 12 else [*wrong, f"{gauge.entered} leaves ran, not 12"]

    return nothing_wrong(f"concurrency at limit {limit}", find)


@law("config", "map_batch(r, max_concurrency=n) runs at most n items at one time", of_library=True)
def limits_of_a_map_hold(case: Case) -> Claim:
    limit = case.number + 1

    def find() -> list[str]:
        gauge = Gauge()
        if case.asynchronous:
            run_async(map_batch(lift(gauge.aenter_and_leave), max_concurrency=limit).ainvoke(list(range(6))))
        else:
            map_batch(lift(gauge.enter_and_leave), max_concurrency=limit).invoke(list(range(6)))
        return [] if gauge.peak <= limit else [f"{gauge.peak} ran at one time; the limit is {limit}"]

    return nothing_wrong(f"concurrency at limit {limit}", find)
