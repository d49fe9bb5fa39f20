"""Every problem can be shown to a person in both languages and is met by a test; every code of the protocol is a problem."""

from __future__ import annotations

import importlib
import pkgutil
import re
import sys
from pathlib import Path
from string import Formatter

import pytest

import kiosk
import mobile_api
import notifications
import server
from server.core.apply_deciding import CLASH
from server.core.problem_types import CATALOGUE, ProblemType
from sync_protocol import codes

for package in (server, mobile_api, kiosk, notifications):
    for found in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            importlib.import_module(found.name)

AREAS = {
    "core",
    "sync",
    "mobile",
    "kiosk",
    "notifications",
    *(each.name for each in pkgutil.iter_modules(server.__path__) if each.ispkg),
}
PROBLEMS = [pytest.param(each, id=each.code) for each in CATALOGUE]
CHINESE = re.compile("[\u4e00-\u9fff]")


def names(text: str) -> set[str]:
    """What a text fills in."""
    return {name for _, name, _, _ in Formatter().parse(text) if name}


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_problem_says_the_same_in_chinese_and_in_english(problem: ProblemType) -> None:
    zh, en = problem.text.zh, problem.text.en
    assert CHINESE.search(zh), zh
    assert not CHINESE.search(en), en
    assert en == en.strip()
    assert zh == zh.strip()
    assert en[-1] in ".!?"
    assert zh[-1] in "。！？"
    assert names(zh) == names(en) <= problem.params


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_code_begins_with_the_area_that_knows_it(problem: ProblemType) -> None:
    area, _, kebab = problem.code.partition(".")
    assert area in AREAS
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", kebab)


@pytest.mark.parametrize("code", [pytest.param(each, id=each.code) for each in codes.CATALOGUE.values()])
def test_each_code_of_the_protocol_is_a_problem_with_its_params(code: codes.Code) -> None:
    problem = CATALOGUE.get(code.code)
    assert problem is not None
    assert problem.params == frozenset(code.params) - {"field"}
    assert problem.status == (code.status if code.status >= 400 else 422)


def test_the_clash_of_two_hands_is_a_problem_too() -> None:
    assert CATALOGUE.get(CLASH) is not None


TESTS = Path(__file__).parents[1]
WORDS = {
    word
    for path in TESTS.rglob("test_*.py")
    if path != Path(__file__)
    for word in re.findall(r"[\w.-]+", path.read_text("utf-8"))
}
"""All words of all tests but these, codes and names of constants among them; `x.NAME` also as `NAME`."""
WORDS |= {word.rpartition(".")[2] for word in WORDS}


def constants(problem: ProblemType) -> set[str]:
    """The names under which modules of the product hold it, or its code."""
    return {
        name
        for module in list(sys.modules.values())
        if module.__name__.partition(".")[0] in ("server", "mobile_api", "kiosk", "notifications", "sync_protocol")
        for name, value in vars(module).items()
        if name.isupper() and (value is problem or (isinstance(value, str) and value == problem.code))
    }


@pytest.mark.parametrize("problem", PROBLEMS)
def test_a_test_reaches_it(problem: ProblemType) -> None:
    """Looks at the sources only: that the code or its constant stands in a test. What that test does with it is not seen."""
    assert {problem.code, *constants(problem)} & WORDS


def test_there_are_problems_at_all() -> None:
    assert len(PROBLEMS) > 60
