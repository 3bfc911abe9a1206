"""The plugin: a table of what it reads, and one module for each feature."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import ClassVar, NamedTuple

from mypy.nodes import Context, SymbolNode
from mypy.plugin import FunctionContext, FunctionSigContext, MethodSigContext, Plugin
from mypy.types import FunctionLike, Type

from runlaw.mypy_plugin.calls import Call, Feature, Read, answer
from runlaw.mypy_plugin.features import branches, configs, operators, pipes, plain, prompts, records, streams

_C = "runlaw.combinators"
_R = "runlaw.runnable.Runnable"
_I = f"{_C}.identity.IdentityRunnable"
_CONFIGURED = ("invoke", "ainvoke", "stream", "astream", "transform", "atransform", "with_config")
_STREAM = partial(streams.leaf, kind=streams.STREAM)
_TRANSFORM = partial(streams.leaf, kind=streams.TRANSFORM)
_STREAM_OF = partial(streams.of_several, kind=streams.STREAM)
_TRANSFORM_OF = partial(streams.of_several, kind=streams.TRANSFORM)
_BATCH = partial(streams.of_several, kind=streams.BATCH)


class _Round(NamedTuple):
    """mypy asks once for each overload; the answer to the first holds for all."""

    context: Context
    feature: Feature
    started: SymbolNode | None
    read: Read | None

    def goes_on(self, context: Context, feature: Feature, overload: SymbolNode | None) -> bool:
        """Whether this is the question of another overload in the same round."""
        return self.context is context and self.feature is feature and overload not in (None, self.started)


class RunlawPlugin(Plugin):
    """Reads the calls of runlaw's functions, methods and operators."""

    functions: ClassVar[Mapping[str, Feature]] = {
        f"{_C}.pipe.pipe": pipes.pipe,
        f"{_C}.parallel.parallel": branches.parallel,
        f"{_C}.branch.branch": branches.branch,
        f"{_C}.fallbacks.with_fallbacks": branches.with_fallbacks,
        f"{_C}.records.assign": records.assign,
        f"{_C}.lift.lift": plain.lift,
        f"{_C}.lift_stream.lift_stream": _STREAM,
        f"{_C}.lift_transform.lift_transform": _TRANSFORM,
        f"{_C}.lift_batch.lift_batch": _BATCH,
        f"{_C}.map_chunks.map_chunks": streams.mapping,
        "runlaw.components.prompts.chat_prompt": prompts.chat_prompt,
        "runlaw.components.prompts.prompt": prompts.prompt,
        **dict.fromkeys(
            [
                f"{_C}.attempt.attempt",
                f"{_C}.batch.map_batch",
                f"{_C}.config.with_config",
                f"{_C}.config.with_listeners",
                f"{_C}.retry.with_retry",
                f"{_C}.timeout.with_timeout",
                f"{_C}.types.with_types",
                f"{_C}.types.with_validation",
            ],
            plain.one_step,
        ),
    }
    methods: ClassVar[Mapping[str, Feature]] = {
        f"{_R}.pipe": pipes.pipe_method,
        f"{_R}.assign": records.assign_method,
        f"{_R}.pick": records.pick_method,
        f"{_R}.__or__": operators.before,
        f"{_R}.__ror__": operators.after,
        f"{_I}.pipe": pipes.pipe,
        f"{_I}.__or__": operators.written,
        f"{_I}.__ror__": operators.after,
        "builtins.dict.__or__": operators.written,
        f"{_C}.lift_stream.StreamLifter.__call__": _STREAM,
        f"{_C}.lift_stream.StreamLifterOf.__call__": _STREAM_OF,
        f"{_C}.lift_stream.StreamLifterOfLast.__call__": _STREAM_OF,
        f"{_C}.lift_transform.TransformLifter.__call__": _TRANSFORM,
        f"{_C}.lift_transform.TransformLifterOf.__call__": _TRANSFORM_OF,
        f"{_C}.lift_transform.TransformLifterOfLast.__call__": _TRANSFORM_OF,
        f"{_C}.lift_batch.BatchLifter.__call__": _BATCH,
        f"{_C}.map_chunks.ChunkMapper.__call__": streams.mapping,
        **dict.fromkeys([f"{of}.{method}" for of in (_R, _I) for method in _CONFIGURED], plain.declared),
    }
    decorators: ClassVar[Mapping[str, Callable[[FunctionContext], Type]]] = {
        f"{_C}.lift_stream.lift_stream": partial(streams.decorating, iterates=True),
        f"{_C}.lift_transform.lift_transform": partial(streams.decorating, iterates=True),
        f"{_C}.map_chunks.map_chunks": partial(streams.decorating, iterates=False),
    }

    _round: _Round | None = None

    def get_function_signature_hook(self, fullname: str) -> Callable[[FunctionSigContext], FunctionLike] | None:
        """The signature of a call of a function."""
        return self._hook(self.functions.get(fullname))

    def get_method_signature_hook(self, fullname: str) -> Callable[[MethodSigContext], FunctionLike] | None:
        """The signature of a call of a method or an operator."""
        return self._hook(self.methods.get(fullname))

    def get_function_hook(self, fullname: str) -> Callable[[FunctionContext], Type] | None:
        """What a function makes of the function that it decorates."""
        return self.decorators.get(fullname)

    def _hook(self, feature: Feature | None) -> Callable[[FunctionSigContext | MethodSigContext], FunctionLike] | None:
        if feature is None:
            return None

        def signature(ctx: FunctionSigContext | MethodSigContext) -> FunctionLike:
            overload = ctx.default_signature.definition
            known = self._round
            if known is None or not known.goes_on(ctx.context, feature, overload):
                known = _Round(ctx.context, feature, overload, feature(Call.of(ctx)))
                self._round = known
            return configs.written_out(ctx) if known.read is None else answer(Call.of(ctx), known.read)

        return signature


def plugin(version: str) -> type[Plugin]:
    """What mypy asks for."""
    return RunlawPlugin
