"""Random programs: of every node kind, well-typed, printed as code, and shrunk to the smallest that fails."""

from __future__ import annotations

import pickle
from random import Random
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, find, given, settings
from hypothesis import strategies as st

from runlaw import Runnable
from runlaw.algebra.fits import fits
from runlaw.kernel import nodes
from runlaw.laws import code, inputs_of, programs, programs_and_inputs, programs_from
from runlaw.laws.assumptions import nodes_of
from runlaw.laws.code import read_code
from runlaw.laws.palette import TYPES, Twice

KINDS = [
    nodes.Fn, nodes.Generate, nodes.Transform, nodes.MapChunks, nodes.BatchFn, nodes.Identity, nodes.Const, nodes.Pipe,
    nodes.Parallel, nodes.Each, nodes.Branch, nodes.Assign, nodes.Pick, nodes.Retry, nodes.Fallbacks, nodes.Attempt,
    nodes.Timeout, nodes.Configured, nodes.Listening, nodes.Typed, Twice,
]  # fmt: skip

Program = Runnable[Any, Any]  # Any: of types that are chosen at run time
SEARCH = settings(max_examples=20_000, deadline=None, database=None, suppress_health_check=list(HealthCheck))


def smallest(kind: type[nodes.Node], seed: int) -> Program:
    """A program with a node of the kind, shrunk."""

    def has_one(program: Program) -> bool:
        return any(isinstance(one, kind) for one in nodes_of(program.node))

    found: Program = find(programs(), has_one, settings=SEARCH, random=Random(seed))
    return found


def others(kind: type[nodes.Node], seed: int) -> int:
    """How many other combinators there are in the smallest program with a node of the kind."""
    made = nodes_of(smallest(kind, seed).node)
    return sum(not isinstance(one, nodes.Leaf | nodes.Identity | nodes.Const | kind) for one in made)


@pytest.mark.parametrize("kind", KINDS, ids=[kind.__name__ for kind in KINDS])
def test_every_kind_of_node_is_made_and_shrinks_to_one(kind: type[nodes.Node]) -> None:
    # Shrinking goes downhill: from one program in a few it ends in a valley beside the deepest one.
    assert any(others(kind, seed) <= 1 for seed in range(5))


@pytest.mark.parametrize("asynchronous", [True, False])
def test_leaves_are_sync_and_async(asynchronous: bool) -> None:
    leaf = find(
        programs(),
        lambda program: any(
            isinstance(one, nodes.Leaf) and one.asynchronous is asynchronous for one in nodes_of(program.node)
        ),
        settings=SEARCH,
    )
    assert isinstance(leaf.node, nodes.Leaf)


@given(programs())
def test_programs_pickle(program: Program) -> None:
    assert pickle.loads(pickle.dumps(program)) == program


@given(programs())
def test_programs_print_as_code(program: Program) -> None:
    assert read_code(code(program)) == program


@given(programs(max_size=0))
def test_a_program_of_size_0_is_a_leaf_or_two_by_way_of_a_text(program: Program) -> None:
    leaves = program.node.steps if isinstance(program.node, nodes.Pipe) else (program.node,)
    assert all(isinstance(leaf, nodes.Leaf | nodes.Const | nodes.Identity) for leaf in leaves)
    assert len(leaves) <= 2


@given(programs_and_inputs(types=[str]))
def test_types_can_be_chosen(pair: tuple[Program, str]) -> None:
    program, value = pair
    assert isinstance(value, str)
    assert fits(str, program.input_type)


@given(st.data(), st.sampled_from(TYPES), st.sampled_from(TYPES))
def test_programs_have_the_types_that_were_asked_for(data: st.DataObject, taken: Any, given_type: Any) -> None:
    program = data.draw(programs_from(taken, given_type))
    assert fits(taken, program.input_type)
    value = data.draw(inputs_of(taken))
    program.batch([value], return_exceptions=True)


@pytest.mark.parametrize("types", [[], [bytes], [str, float]])
def test_types_that_the_palette_does_not_have_are_refused(types: list[Any]) -> None:
    with pytest.raises(ValueError, match="programs: types must be some of"):
        programs(types=types)


def test_a_failing_example_shrinks_to_the_smallest_composition() -> None:
    def broken(program: Program) -> bool:
        pipes = [one for one in nodes_of(program.node) if isinstance(one, nodes.Pipe)]
        return any(isinstance(step, nodes.BatchFn) for pipe in pipes for step in pipe.steps)

    found = find(programs(), broken, settings=settings(SEARCH, phases=[Phase.generate, Phase.shrink]))
    assert len(nodes_of(found.node)) <= 4, code(found)
