"""The specification is the behaviour: schemathesis, per role, against the running server. No server error, no undeclared answer,
nothing refused that fits the document, nothing accepted that does not.

schemathesis runs as its own process: its pytest plugin is switched off in pyproject.toml because it costs every worker
CPU. What it is told beyond the document, and what may be refused although it fits, is in tests/support/fuzzing.py.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
import requests

from server.core.collections import COLLECTIONS
from tests.support.recipes import RECIPES
from tests.support.recipes.asking import ELSEWHERE, Recipe
from tests.support.running import ROOT, Running, running
from tests.support.scene import ROLES
from tests.support.scene_rows import KINDS

ENDING = (
    "DELETE /api/v1/session",
    "POST /api/v1/session/password",
    "DELETE /mobile/v1/session",
)
"""Operations that end the session everything else is asked with."""
LONG = "GET /mobile/v1/wait"
"""Waits 25 s each time."""

CONFIG = """\
hooks = "tests.support.fuzzing"

[generation]
deterministic = true
database = "none"

[checks.negative_data_rejection]
expected-statuses = [400, 401, 403, 404, 405, 406, 409, 412, 413, 414, 415, 422, 428, 431]

[checks.missing_required_header]
expected-statuses = [400, 401, 403, 406, 412, 415, 422]
"""
LIKELY: dict[str, list[Any]] = {
    "birth_year": [1990],
    "number": ["13912345678"],
    "phones[*].number": ["+8613912345679"],
}
"""Fields of bodies → values that the rules take, where hardly any of those that the document allows would do."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running("sqlite", tmp_path_factory.mktemp("schemathesis")) as started:
        yield started


@pytest.fixture(scope="module", params=["sqlite", "postgresql"])
def deep_site(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with running(request.param, tmp_path_factory.mktemp("schemathesis")) as started:
        yield started


def named_rows(name: str, recipe: Recipe) -> Iterator[tuple[str, str, str]]:
    """What an operation names rows by: parameter, kind of row, member of its ids."""
    if recipe.row is not None:
        for member in re.findall(r"{(\w+)}", name):
            yield f"path.{member}", recipe.row, member
    for reference, what in recipe.references.items():
        kind, _, member = what.partition(":")
        if kind != ELSEWHERE and not reference.endswith("/id"):  # an id to be minted is best a new one
            place = f"query.{reference[1:]}" if reference[0] == "?" else f"body{reference}".replace("/0", "[*]")
            yield place.replace("/", "."), kind, member or KINDS[kind].key


def bindings(site: Running, caller: str, likely: Mapping[str, list[Any]] = LIKELY) -> str:
    """The part of the configuration that leads to rows: the caller's own, a colleague's, another team's, a stranger's, nobody's."""
    lines: list[str] = []

    def bind(place: str, values: list[Any], table: str) -> None:
        key = f"d{len(lines)}"
        lines.append(f"[dictionaries.{key}]\nvalues = {json.dumps(values)}")
        lines.append(f'[{table}."{place}"]\ndictionary = "{key}"\nprobability = 0.8')

    for place, values in likely.items():
        bind(f"body.{place}", values, "parameters")
    for name, recipe in RECIPES.items():
        found = [each for each in named_rows(name, recipe) if each[0].removeprefix("body.") not in likely]
        if found:
            lines.append(f'[[operations]]\ninclude-name = "{name}"')
        # A number of another customer is none of this one's.
        is_pair = "phone" in {kind for _, kind, _ in found} and recipe.row == "phone"
        for place, kind, member in found:
            relations = ("own",) if is_pair else KINDS[kind].relations
            ids = {site.rows.of(kind, relation, caller)[member] for relation in relations}
            if place.startswith("path."):
                ids -= {site.scene.acme.users[caller]}  # he would be disabled himself
            bind(place, sorted(ids), "operations.parameters")
    return "\n".join(lines)


def ask(site: Running, folder: Path, token: str, config: str, *options: str) -> None:
    """Run it with that token. Fails with its report when it has found anything."""
    (folder / "schemathesis.toml").write_text(CONFIG + config, "utf-8")
    # fuzzing.data_that_fits_is_accepted takes the place of positive_data_acceptance.
    command = [
        *(sys.executable, "-m", "schemathesis.cli", "--config-file", "schemathesis.toml", "run"),
        *(f"{site.url}/api/v1/openapi.json", "--header", f"Authorization: Bearer {token}", "--no-color"),
        *("--checks", "all", "--exclude-checks", "positive_data_acceptance", "--continue-on-failure", *options),
        *(part for name in (*ENDING, LONG) for part in ("--exclude-name", name)),
    ]
    done = subprocess.run(
        command,
        cwd=folder,
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        timeout=3000,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout[-30000:]}\n{done.stderr[-2000:]}"
    still = requests.get(f"{site.url}/api/v1/session", headers={"Authorization": f"Bearer {token}"}, timeout=30)
    assert still.status_code == 200, "from some point on nobody was signed in"


def fuzz(site: Running, folder: Path, role: str, *options: str) -> None:
    """Run it as that role; fails with its report."""
    caller = ROLES[role]
    site.tokens.pop(caller, None)  # good for a quarter of an hour
    ask(site, folder, site.token(caller), bindings(site, caller), *options)


def fuzz_handheld(site: Running, folder: Path, role: str, *options: str) -> None:
    """Run what handhelds ask as one of that role; fails with its report."""
    caller = ROLES[role]
    site.phones.pop(caller, None)
    phone = site.phone(caller)
    likely = {
        "enrolment": [phone.answer["enrolment"]],
        "push.operations[*].n": [1, 2, 3],
        "push.operations[*].collection": sorted(COLLECTIONS),
        "push.operations[*].action": ["create", "update", "delete"],
    }
    ask(
        site,
        folder,
        phone.answer["access_token"],
        bindings(site, caller, likely),
        *("--include-path-regex", "^/mobile/", *options),
    )


@pytest.mark.deep
def test_a_handheld_is_answered_as_the_document_says(site: Running, tmp_path: Path) -> None:
    fuzz_handheld(site, tmp_path, "salesperson", "--phases", "examples,coverage,fuzzing", "--max-examples", "5")


BY_POWER = tuple(reversed(ROLES))
"""The administrator last: what he asks may disable the others, or give them another password."""


@pytest.mark.deep
@pytest.mark.parametrize("role", BY_POWER)
def test_every_role_is_answered_as_the_document_says(site: Running, tmp_path: Path, role: str) -> None:
    phases, examples = ("examples,fuzzing", "2") if role == "administrator" else ("fuzzing", "1")
    fuzz(site, tmp_path, role, "--phases", phases, "--max-examples", examples)


@pytest.mark.deep
@pytest.mark.parametrize("role", BY_POWER)
def test_however_long_a_handheld_asks(deep_site: Running, tmp_path: Path, role: str) -> None:
    fuzz_handheld(deep_site, tmp_path, role, "--phases", "examples,coverage,fuzzing", "--max-examples", "100")


@pytest.mark.deep
@pytest.mark.parametrize("role", BY_POWER)
def test_however_long_it_asks(deep_site: Running, tmp_path: Path, role: str) -> None:
    # Its access token has to last for all of it: a quarter of an hour.
    fuzz(deep_site, tmp_path, role, "--phases", "examples,coverage,fuzzing,stateful", "--max-examples", "30")
