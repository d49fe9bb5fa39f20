"""What the tests of the reference device stand on: a server without a database."""

import pytest

from tests.sync_protocol.model_server import ModelServer


@pytest.fixture
def server() -> ModelServer:
    return ModelServer()
