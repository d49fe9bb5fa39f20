"""The rules of opportunities, case by case; no database."""

from __future__ import annotations

import pytest

from server.core.problems import Refused
from server.customers.opportunities import rules
from server.customers.opportunities.settling import settle_opportunity
from server.customers.rules import check_stage


def test_the_seven_stages_rise_and_mean_what_the_source_says() -> None:
    percents = {each.code: each.probability for each in rules.SEEDS}
    assert list(percents) == ["lead", "follow_up", "requirement", "proposal", "tender", "bid", "sign"]
    assert list(percents.values()) == sorted(set(percents.values()))
    # 10: intent without focus; 50: strong need and prefers us; 70: discussing terms.
    assert (percents["lead"], percents["proposal"], percents["bid"]) == (10, 50, 70)
    assert [each.position for each in rules.SEEDS] == [1, 2, 3, 4, 5, 6, 7]


@pytest.mark.parametrize(
    ("amount", "probability", "worth"),
    [(None, 50, 0), (0, 90, 0), (1, 99, 0), (199, 50, 99), (100, 100, 100), (10**13, 99, 99 * 10**11)],
)
def test_worth_is_rounded_down_to_the_minor_unit(amount: int | None, probability: int, worth: int) -> None:
    assert rules.weighted(amount, probability) == worth


@pytest.mark.parametrize("stage", ["prospect", "visited", "negotiating", "won", "lost", "dead"])
def test_a_customer_who_bought_is_won_by_steps_that_may_be_taken_by_hand(stage: str) -> None:
    steps = rules.stages_when_won(stage)
    assert (stage, *steps)[-1] == "won"
    for before, after in zip((stage, *steps), steps, strict=False):
        check_stage(before, after)


@pytest.mark.parametrize(
    ("stage", "other_won", "steps"),
    [("won", False, ("negotiating",)), ("won", True, ()), ("lost", False, ()), ("negotiating", False, ())],
)
def test_a_sale_that_is_taken_back_is_talked_about_again(stage: str, other_won: bool, steps: tuple[str, ...]) -> None:
    assert rules.stages_when_reopened(stage, other_won=other_won) == steps


@pytest.mark.parametrize(
    ("is_active", "from_device", "good"), [(True, False, True), (False, True, True), (False, False, False)]
)
def test_a_stage_out_of_use_is_taken_from_devices_only(is_active: bool, from_device: bool, good: bool) -> None:
    stage = rules.Stage("lead", "线索", "Lead", 10, 1, is_active)
    if good:
        assert rules.check_stage(stage, from_device=from_device) is stage
        return
    with pytest.raises(Refused, match=r"^customers.funnel-stage-unknown$"):
        rules.check_stage(stage, from_device=from_device)


@pytest.mark.parametrize("name", ["title", "next_step", "text"])
def test_texts_say_something(name: str) -> None:
    assert settle_opportunity({name: " x ", "competitor": " "}) == {name: "x", "competitor": None}
    with pytest.raises(Refused, match=r"^customers.text-required$") as refused:
        settle_opportunity({name: " \n"})
    assert refused.value.errors[0].pointer == f"/{name}"
