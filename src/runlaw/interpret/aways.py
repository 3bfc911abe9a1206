"""The async ways of running a program."""

from __future__ import annotations

import sys
from collections.abc import AsyncGenerator, AsyncIterable, Callable, Iterable
from contextlib import aclosing
from typing import Any

from runlaw.interpret.aplaces import Body, acompletions, agather, lend
from runlaw.interpret.blame import is_result
from runlaw.interpret.current import CURRENT
from runlaw.interpret.engine import Engine, Root
from runlaw.interpret.group import Item, takes_groups
from runlaw.interpret.groups import group_flow, group_items, raised_or, shared_limit
from runlaw.interpret.locate import leave, marked
from runlaw.interpret.perform import blame_stream
from runlaw.interpret.program import WRAPPERS
from runlaw.interpret.run import Run
from runlaw.interpret.stream_value import END, Stream, aclose, once
from runlaw.interpret.sums import input_sums
from runlaw.kernel.config import NO_CONFIG, Config


async def invoke(engine: Engine, value: Any, config: Config) -> Any:  # Any: a user's values
    """One value in, one value out."""
    return await call_root(engine.begin(config, asynchronous=True), value)


async def call_root(root: Root, value: Any) -> Any:  # Any: a user's values
    """Call the program in its run."""
    run = root.run
    await root.aenter()
    token = CURRENT.set(run)
    try:
        return await root.program.call(value, run)
    except BaseException as error:
        leave(error, sys._getframe(1), inside=run.outer is not None)
        raise
    finally:
        CURRENT.reset(token)
        root.aleave()


def stream(engine: Engine, value: Any, config: Config) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """One value in, chunks out."""
    return chunks_of(engine, lambda: once(value, asynchronous=True), config)


def transform(
    engine: Engine,
    chunks: AsyncIterable[Any] | Iterable[Any],  # Any: a user's values
    config: Config,  # Any: a user's values
) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """Chunks in, chunks out; the chunks may come from a sync iterable."""
    own = not isinstance(chunks, AsyncIterable)
    given = asynchronously(chunks) if not isinstance(chunks, AsyncIterable) else chunks.__aiter__()

    def source() -> Stream:
        stream = Stream(given, input_sums(engine.node), [])
        if own:
            stream.register(None)
        return stream

    return chunks_of(engine, source, config)


async def asynchronously(chunks: Iterable[Any]) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """A sync iterable as an async iterator."""
    for chunk in chunks:
        yield chunk


def chunks_of(
    engine: Engine, source: Callable[[], Stream], config: Config
) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """The chunks of a program. Without a config and outside a run, the steps of a plain one are read directly."""
    outer = CURRENT.get()
    if config is NO_CONFIG and engine.plain and (outer is None or outer.quick):
        return unscoped(engine, source, outer is not None)
    return scoped(engine, source, config)


async def unscoped(
    engine: Engine, source: Callable[[], Stream], inside: bool
) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """The chunks where nobody watches and nothing is said of the run."""
    root = engine.begin(NO_CONFIG, asynchronous=True, streaming=True, placed=False)
    root_run = root.run
    reading: Stream | None = None
    try:
        reading = root.program.stream(source(), root_run)
        async for chunk in reading.chunks:
            yield chunk
    except Exception as error:
        if reading is not None:
            blame_stream(error, reading)
        leave(error, sys._getframe(1), inside=inside)
        raise
    finally:
        if reading is not None:
            await aclose(reading.opened)


marked(unscoped, "stream")


async def scoped(
    engine: Engine, source: Callable[[], Stream], config: Config
) -> AsyncGenerator[Any, None]:  # Any: a user's values
    """The chunks, made inside the run, which their reader is not in."""
    root = engine.begin(config, asynchronous=True, streaming=True)
    root_run = root.run
    reading: Stream | None = None
    await root.aenter()
    token = CURRENT.set(root_run)
    try:
        reading = root.program.stream(source(), root_run)
        while (chunk := await anext(reading.chunks, END)) is not END:
            CURRENT.reset(token)
            root.apause()
            try:
                yield chunk
            finally:
                try:
                    await root.aresume()
                finally:
                    token = CURRENT.set(root_run)
    except Exception as error:
        if reading is not None:
            blame_stream(error, reading)
        leave(error, sys._getframe(1), inside=root_run.outer is not None)
        raise
    finally:
        try:
            if reading is not None:
                await aclose(reading.opened)
        finally:
            CURRENT.reset(token)
            root.aleave()


marked(scoped, "stream")


async def batch(
    engine: Engine,
    values: list[Any],  # Any: a user's values
    configs: list[Config],
    keep_errors: bool,  # Any: a user's values
) -> list[Any]:  # Any: a user's values
    """Many values, order kept."""
    if not values:
        return []
    if takes_groups(engine.node):
        return [raised_or(item, keep_errors) for item in await grouped(engine, values, configs)]
    root, bodies = batch_bodies(engine, values, configs)
    await root.aenter()
    token = CURRENT.set(root.run)
    try:
        if len(bodies) > 1 and engine.facts.waits:
            return await agather(root.run, bodies, keep_errors=keep_errors)
        return [await one_of(body, root.run, keep_errors) for body in bodies]
    finally:
        CURRENT.reset(token)
        root.aleave()


async def one_of(body: Body, run: Run, keep_errors: bool) -> Any:  # Any: a user's values
    """What a body gives, or its ``Exception``, if that is to be kept."""
    try:
        return await body(run)
    except Exception as error:
        if not is_result(error, keep_errors):
            raise
        return error


def batch_bodies(
    engine: Engine,
    values: list[Any],  # Any: a user's values
    configs: list[Config],  # Any: a user's values
) -> tuple[Root, list[Body]]:
    """The run that all values share the limit of, and for each value its call in a run of its own."""
    shared = engine.begin(shared_limit(configs), asynchronous=True)
    around = shared.run

    def body(value: Any, config: Config) -> Body:  # Any: a user's values
        return lambda own: call_root(engine.begin_in(around, own.control, config), value)

    return shared, [body(value, config) for value, config in zip(values, configs, strict=True)]


async def grouped(engine: Engine, values: list[Any], configs: list[Config]) -> list[Item]:  # Any: a user's values
    """All values through a program that takes groups."""
    shared = engine.begin(shared_limit(configs), asynchronous=True)
    await shared.aenter()
    token = CURRENT.set(shared.run)
    try:
        items, program = group_items(engine, shared.run, values, configs)
        call = WRAPPERS["called"](program, group_flow)
        return await call(items, shared.run)  # type: ignore[no-any-return]  # what group_flow returns
    finally:
        CURRENT.reset(token)
        shared.aleave()


async def batch_as_completed(
    engine: Engine,
    values: list[Any],  # Any: a user's values
    configs: list[Config],
    keep_errors: bool,  # Any: a user's values
) -> AsyncGenerator[tuple[int, Any], None]:  # Any: a user's values
    """Many values, each result with its index as it comes."""
    if not values:
        return
    if takes_groups(engine.node):
        for index, item in enumerate(await grouped(engine, values, configs)):
            yield index, raised_or(item, keep_errors)
        return
    root, bodies = batch_bodies(engine, values, configs)
    await root.aenter()
    if root.run.outer is None:
        lend(root.run)
        root.run.control = None
    try:
        async with aclosing(acompletions(root.run, bodies, keep_errors=keep_errors)) as outcomes:
            while (outcome := await inside(root.run, outcomes)) is not END:
                index, result, error = outcome
                if error is not None and not is_result(error, keep_errors):
                    raise error
                yield index, result if error is None else error
    finally:
        root.aleave()


async def inside(run: Run, chunks: AsyncGenerator[Any, None]) -> Any:  # Any: whatever the generator gives
    """The next of a generator, made inside a run; ``END`` when there is none."""
    token = CURRENT.set(run)
    try:
        return await anext(chunks, END)
    finally:
        CURRENT.reset(token)
