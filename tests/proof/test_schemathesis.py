"""The specification is the behaviour: schemathesis, per role, against the running server. No server error, no undeclared answer.

Part of `make test-deep`. schemathesis runs as its own process: its pytest
plugin is switched off in pyproject.toml because it costs every worker CPU.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.recipes import RECIPES
from tests.support.running import Running, running
from tests.support.scene import ROLES
from tests.support.scene_rows import KINDS

pytestmark = pytest.mark.deep

ENDING = ("/api/v1/session", "/api/v1/session/password", "/mobile/v1/session")
"""Addresses that end the session everything else is asked with."""

# positive_data_acceptance is off: a cursor and the id of a row are texts of a form, but not each text of that form is one.
CONFIG = """\
[generation]
deterministic = true
database = "none"

[checks.positive_data_acceptance]
enabled = false

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 413, 414, 415, 422, 428, 431]
"""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("sqlite", tmp_path_factory.mktemp("schemathesis")) as started:
        yield started


def known_ids(site: Running, caller: str) -> dict[str, list[str]]:
    """Path parameter → ids of rows of the caller's, a colleague's, another team's and another organisation's."""
    found: dict[str, set[str]] = {}
    for kind in sorted({recipe.row for recipe in RECIPES.values() if recipe.row is not None}):
        if kind in ("person", "recruit", "leaver"):
            continue  # his own account would be disabled under him
        for relation in KINDS[kind].relations:
            for name, value in site.rows.of(kind, relation, caller).items():
                found.setdefault(name, set()).add(value)
    return {name: sorted(values) for name, values in found.items()}


def configure(folder: Path, site: Running, caller: str) -> Path:
    """The configuration of one run, with ids that lead somewhere for most addresses."""
    lines = [CONFIG]
    for name, values in known_ids(site, caller).items():
        lines.append(f"[dictionaries.{name}]\nvalues = {json.dumps(values)}\n")
        lines.append(f'[parameters."path.{name}"]\ndictionary = "{name}"\nprobability = 0.7\n')
    path = folder / "schemathesis.toml"
    path.write_text("\n".join(lines), "utf-8")
    return path


def fuzz(site: Running, folder: Path, role: str, *, examples: int, phases: str) -> None:
    """Run it as that role; fails with its report."""
    caller = ROLES[role]
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", str(configure(folder, site, caller)), "run"),
        *(f"{site.url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {site.token(caller)}"),
        *(
            "--phases",
            phases,
            "--max-examples",
            str(examples),
            "--seed",
            "1",
            "--checks",
            "all",
            "--continue-on-failure",
        ),
        *(part for path in (*ENDING, "/mobile/v1/wait") for part in ("--exclude-path", path)),
    ]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=3000, check=False)
    assert done.returncode == 0, f"{role}\n{done.stdout[-8000:]}\n{done.stderr[-2000:]}"


@pytest.mark.timeout(600)
@pytest.mark.parametrize("role", ROLES)
def test_no_role_gets_an_answer_that_is_not_declared(site: Running, tmp_path: Path, role: str) -> None:
    phases = "examples,coverage,fuzzing" if role == "administrator" else "fuzzing"
    fuzz(site, tmp_path, role, examples=2, phases=phases)


@pytest.mark.deep
@pytest.mark.parametrize("role", ROLES)
def test_no_role_gets_an_answer_that_is_not_declared_however_long_it_asks(
    site: Running, tmp_path: Path, role: str
) -> None:
    fuzz(site, tmp_path, role, examples=200, phases="examples,coverage,fuzzing,stateful")
