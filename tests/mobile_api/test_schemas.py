"""What the OpenAPI document says of handhelds' requests is what is taken."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from server.accounts.views.proving import PublicKey

KEY = {"kty": "EC", "crv": "P-256", "x": "x" * 43, "y": "y" * 43}


@pytest.mark.parametrize("value", [None, True, "sig", ["verify"], {"a": 1}])
@pytest.mark.parametrize("name", ["ext", "key_ops", "alg", "use", "kid"])
def test_what_browsers_export_beside_a_key_is_taken_whatever_it_is(name: str, value: Any) -> None:
    assert PublicKey().load({**KEY, name: value})[name] == value


def test_a_proof_that_is_not_read_may_be_of_any_length() -> None:
    paths = json.loads((Path(__file__).parents[2] / "docs" / "openapi.json").read_text("utf-8"))["paths"]
    for path, method in (("wipe", "get"), ("wipe", "post"), ("quarantine", "post")):
        (proof,) = [each for each in paths[f"/mobile/v1/device/{path}"][method]["parameters"] if each["name"] == "DPoP"]
        assert proof["schema"] == {"type": "string"}
        assert not proof.get("required")
