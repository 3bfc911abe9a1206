"""llama.cpp's HTTP server: ``python llama_server.py MODEL chat|embeddings``. It ends when its input ends."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import Any


def main(model: str, kind: str) -> None:
    llama: Any = import_module("xllamacpp")  # Any: the package has no types
    parameters = llama.CommonParams()
    parameters.model.path = model
    parameters.hostnames = ["127.0.0.1"]
    parameters.port = 0
    parameters.offline = True
    parameters.warmup = False
    parameters.n_ctx = 4096
    parameters.n_parallel = 2
    parameters.cpuparams.n_threads = 1
    parameters.cpuparams_batch.n_threads = 1
    parameters.use_jinja = True
    parameters.model_alias = {"scripted"}
    if kind == "embeddings":
        parameters.embedding = True
        parameters.pooling_type = llama.llama_pooling_type.LLAMA_POOLING_TYPE_MEAN
    server = llama.Server(parameters)
    print(f"listening on {server.listening_address}", flush=True)
    sys.stdin.read()


if __name__ == "__main__":
    main(*sys.argv[1:])
