"""The container image: every step of deploy/Dockerfile finds what it copies, and what is copied runs without the tests' packages.

No container engine is needed: the second test does by hand what the image's first stage does.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path
from urllib.request import urlopen

import pytest

from benchmarks.serving import free_port

ROOT = Path(__file__).resolve().parents[2]
DOCKERFILE = (ROOT / "deploy" / "Dockerfile").read_text("utf-8")
IGNORED = (ROOT / ".dockerignore").read_text("utf-8").split("\n")
LET_THROUGH = [line[1:] for line in IGNORED if line.startswith("!")]


def in_context(path: str) -> bool:
    """Whether .dockerignore, which begins with "*", lets a file or folder of the root through."""
    return (ROOT / path).exists() and any(path == each or path.startswith(f"{each}/") for each in LET_THROUGH)


def test_all_that_is_copied_is_there() -> None:
    assert IGNORED[1] == "*"
    stages = set(re.findall(r"^FROM \S+ AS (\w+)$", DOCKERFILE, re.MULTILINE))
    copied = re.findall(r"^COPY (?:--from=(\w+) )?(.+)$", DOCKERFILE, re.MULTILINE)
    assert len(copied) >= 5
    for stage, arguments in copied:
        *sources, _ = arguments.split()
        if stage:
            assert stage in stages, stage
        else:
            assert all(source == "." or in_context(source) for source in sources), sources
    for folder in ("server", "mobile_api", "notifications", "sync_protocol", "requirements", "pyproject.toml"):
        assert in_context(folder)


@pytest.mark.deep
@pytest.mark.timeout(600)
def test_what_is_copied_runs_with_the_locked_packages_alone(tmp_path: Path) -> None:
    app, environment = tmp_path / "app", tmp_path / "environment"
    app.mkdir()
    for each in filter(in_context, LET_THROUGH):
        if (ROOT / each).is_dir():
            shutil.copytree(ROOT / each, app / each, ignore=shutil.ignore_patterns("__pycache__"))
        elif "/" not in each:
            shutil.copyfile(ROOT / each, app / each)
    subprocess.run([sys.executable, "-m", "venv", environment], check=True)
    steps = re.findall(r"/opt/doorstep/bin/((?:[^\\\n]|\\\n)*?)(?= \\\n|\n)", DOCKERFILE)
    assert len(steps) == 5, steps
    for step in steps:
        program, *arguments = step.split()
        subprocess.run([environment / "bin" / program, *arguments], cwd=app, check=True)
    port = free_port()
    settings = {
        "DOORSTEP_DATABASE_URL": f"sqlite:///{tmp_path}/doorstep.db",
        "DOORSTEP_KEYS_DIR": f"{tmp_path}/keys",
        "DOORSTEP_BLOB_DIR": f"{tmp_path}/blobs",
        "DOORSTEP_PORT": str(port),
        "DOORSTEP_DEMO": "1",
        "PATH": f"{environment}/bin:{os.environ['PATH']}",
    }
    with subprocess.Popen([environment / "bin" / "doorstep", "run"], cwd=app, env=settings) as process:
        try:
            for _ in range(300):
                assert process.poll() is None
                try:
                    with urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
                        assert answer.status == 200
                        return
                except OSError:
                    time.sleep(0.1)
            pytest.fail("not ready within 30 s")
        finally:
            process.terminate()
