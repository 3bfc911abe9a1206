"""The sections of the table, by name, in the order of the table."""

from __future__ import annotations

from benchmarks.batch_sections import batch, branches, threads
from benchmarks.bench import Section
from benchmarks.big_pipe_section import big_pipe
from benchmarks.call_sections import acall, call, observed
from benchmarks.checking_section import checking
from benchmarks.components_chains import chains, prompts
from benchmarks.components_stores import lexical, vectors
from benchmarks.event_sections import events, log, states
from benchmarks.import_section import import_time
from benchmarks.stream_sections import astream, first_chunk, flat, stream

SECTIONS: dict[str, Section] = {
    "call": call,
    "acall": acall,
    "stream": stream,
    "astream": astream,
    "first": first_chunk,
    "flat": flat,
    "batch": batch,
    "threads": threads,
    "parallel": branches,
    "pipe": big_pipe,
    "import": import_time,
    "events": events,
    "log": log,
    "states": states,
    "observed": observed,
    "prompts": prompts,
    "chains": chains,
    "lexical": lexical,
    "vectors": vectors,
    "checking": checking,
}
