"""Which models a server has."""

import pytest

from tests.unit.integrations.server import failed, serving, whole

pytest.importorskip("openai", reason="the openai package is not installed")

from runlaw.integrations.openai import ConnectionFailed, NotAllowed, openai_models  # after the check


def test_names_in_the_servers_order() -> None:
    rows = [{"id": name, "object": "model", "created": 1, "owned_by": "me"} for name in ("b", "a")]
    with serving(whole({"object": "list", "data": rows})) as server:
        assert openai_models(base_url=server.url, api_key="sk-secret") == ["b", "a"]
    (asked,) = server.asked
    sent = {name.lower(): value for name, value in asked.headers.items()}
    assert (asked.path, sent["authorization"]) == ("/v1/models", "Bearer sk-secret")


def test_failures_are_typed() -> None:
    with serving(failed(401, "no")) as server, pytest.raises(NotAllowed, match=r"no \(status 401"):
        openai_models(base_url=server.url)
    with pytest.raises(ConnectionFailed):
        openai_models(base_url="http://127.0.0.1:9/v1", timeout=5)
    with pytest.raises(ValueError, match="timeout must be above zero seconds"):
        openai_models(timeout=0)
