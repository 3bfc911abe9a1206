"""The leaf of a component that is made from a user's function."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from runlaw.algebra.leaf import name_of
from runlaw.algebra.leaves import Said, fn_node, stream_node
from runlaw.components.adapted import ROLES, AsyncStreamCall, Role, StreamCall, adapted
from runlaw.components.role_types import check_function_of_role
from runlaw.runnable import Runnable, runnable


def component(
    fn: Callable[..., object],
    role: Role,
    name: str | None,
    tags: Sequence[str],
    metadata: Mapping[str, object] | None,
    blocking: bool,
) -> Runnable[Any, Any]:  # Any: the caller knows the role's types
    """The Runnable of a user's function in its role; without a name it has the function's.

    Raises:
        TypeError: ``fn`` is no function of one argument, or annotated to give something else than the role asks for,
            or an option is of a wrong type.
    """
    call = adapted(fn, role)
    check_function_of_role(fn, role)
    name = name_of(fn) if name is None else name
    said = Said(name, role, tags, metadata, blocking)
    if isinstance(call, StreamCall | AsyncStreamCall):
        return runnable(stream_node(call, said, ROLES[role].monoid))
    return runnable(fn_node(call, said))
