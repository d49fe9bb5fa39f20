"""What people ask for, of an organisation of 10,000 customers and of one of a million: first pages, searches, the board.

Both are asked over HTTP by turns, each by a server of its own. What grows is the organisation and not who asks: the
salesperson has the same customers and visits in both.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

import orjson

from benchmarks.client import Client, request, unpacked
from benchmarks.crowd import BOARD_DAY, RARE_DIGITS, RARE_LETTERS, RARE_NAME, TODAY, Crowd
from benchmarks.measuring import Figure, Told, in_turn, milliseconds
from benchmarks.place import Seller
from benchmarks.serving import Running

LIMIT = 1.5
REQUESTS = 8
"""Of one kind in a row, in each turn."""


@dataclass(frozen=True, slots=True)
class Question:
    """Something that is asked for. who: seller, supervisor or director. limit: of the ratio; None is only told."""

    name: str
    who: str
    path: str
    limit: float | None = LIMIT


def questions(crowd: Crowd) -> Iterator[Question]:
    """All of them, of one organisation: the ids in the addresses are its own."""
    customers, mine = "/api/v1/customers", crowd.seller.actor.user_id
    director = crowd.director.actor.user_id
    for who in ("seller", "supervisor", "director"):
        yield Question("customers, last changed first", who, customers)
        yield Question("customers, by name", who, f"{customers}?order=name")
        for name, value in (
            ("stage", "visited"), ("stage", "dead"), ("grade", "A"), ("grade", "E"), ("importance", "key"), ("need_level", "clear"),
            ("deal", "won"), ("category", "broker"), ("kind", "company"),
        ):  # fmt: skip
            yield Question(f"customers, {name} {value}", who, f"{customers}?{name}={value}")
        yield Question("customers, expected more than anybody", who, f"{customers}?amount_from_minor=999000000000")
        for what, query in (
            ("industry finance", "industry=finance"), ("by name, industry finance", "order=name&industry=finance"),
            ("expecting most", "amount_from_minor=970000000"),
        ):  # fmt: skip
            # Of the smaller one 0.4 % do not fill a page of fifty; thirty they do.
            yield Question(f"customers, {what}", who, f"{customers}?{query}")
            yield Question(f"customers, {what}, thirty a page", who, f"{customers}?{query}&limit=30")
        yield Question("customers, out of use, whom nobody has", who, f"{customers}?status=disabled")
        yield Question("customers, urgent", who, f"{customers}?urgency=urgent")
        yield Question(
            "customers, grade A of an industry, two a page", who, f"{customers}?grade=A&industry=finance&limit=2"
        )
        for what, text in (
            ("a name", RARE_NAME), ("first letters", RARE_LETTERS), ("eight digits", RARE_DIGITS), ("four digits", RARE_DIGITS[-4:]),
            ("a surname of many", "王"), ("two letters of many", "wl"),
        ):  # fmt: skip
            yield Question(f"search by {what}", who, f"{customers}?{urlencode({'text': text})}")
        for what, narrowed, limit in (
            ("of an industry", {"industry": "finance"}, None),
            ("out of use, whom nobody has", {"status": "disabled"}, LIMIT),
        ):
            text = urlencode({"text": "王", **narrowed})
            yield Question(f"search by a surname of many, {what}", who, f"{customers}?{text}", limit)
        yield Question("opportunities", who, "/api/v1/opportunities")
        yield Question("opportunities lost", who, "/api/v1/opportunities?state=lost")
        yield Question("opportunities of one stage", who, "/api/v1/opportunities?stage_code=sign")
        for name, least in (("the largest", 448_400_000), ("larger than any", 1_000_000_000)):
            yield Question(f"opportunities, {name}", who, f"/api/v1/opportunities?from_minor={least}")
        yield Question("ranking", who, f"{customers}/ranking")
        yield Question("visits", who, "/api/v1/visits")
        yield Question("visits that were missed", who, "/api/v1/visits?status=missed")
        yield Question("activities", who, "/api/v1/activities")
        yield Question("calendar of a week", who, f"/api/v1/calendar?from={TODAY}&to={BOARD_DAY}")
        yield Question(
            "calendar from a day two years ago",
            who,
            f"/api/v1/calendar?from={TODAY - timedelta(days=700)}&to={BOARD_DAY}",
        )
        for kind in ("follow-ups", "tasks"):
            yield Question(kind, who, f"/api/v1/{kind}")
            yield Question(f"{kind}, open", who, f"/api/v1/{kind}?state=open")
        yield Question("plans", who, "/api/v1/day-plans")
        yield Question("questions", who, "/api/v1/questions")
        yield Question("questions, overdue", who, "/api/v1/questions?overdue=true")
        for box in ("received", "mine", "reach"):
            yield Question(f"reports, {box}", who, f"/api/v1/work-reports?box={box}")
        yield Question("activities, by a channel nobody used", who, "/api/v1/activities?channel=mail")
        yield Question("copies of plans", who, "/api/v1/copies")
        yield Question("timeline of one with 1,000 lines", who, f"{customers}/{crowd.busy}/timeline")
        yield Question("his receptions", who, f"{customers}/{crowd.busy}/receptions")
        yield Question("counts by stage", who, f"{customers}/summary", limit=None)
        yield Question("counts by grade", who, f"{customers}/pivot?by=grade", limit=None)
        yield Question("funnel", who, "/api/v1/opportunities/funnel", limit=None)
    for who in ("supervisor", "director"):
        yield Question("customers of one owner", who, f"{customers}?owner_id={mine}")
        yield Question("customers of one who has none", who, f"{customers}?owner_id={director}")
        yield Question("customers of one team", who, f"{customers}?unit_id={crowd.place.team}")
        for whose, person in (("one", mine), ("one who has none", director)):
            for what, name in (
                ("visits", "assignee_id"), ("follow-ups", "assignee_id"), ("tasks", "assignee_id"), ("day-plans", "owner_id"),
                ("work-reports", "owner_id"), ("activities", "author_id"), ("questions", "author_id"), ("opportunities", "owner_id"),
            ):  # fmt: skip
                more = "&box=reach" if what == "work-reports" else ""
                yield Question(f"{what} of {whose}", who, f"/api/v1/{what}?{name}={person}{more}")
        week = f"from={TODAY}&to={BOARD_DAY}"
        yield Question("calendar of one, of a week", who, f"/api/v1/calendar?person_id={mine}&{week}")
        yield Question("calendar of one team, of a week", who, f"/api/v1/calendar?unit={crowd.place.team}&{week}")
        yield Question("team feed of one team", who, f"/api/v1/team-feed?unit={crowd.place.team}")
        yield Question("team feed", who, "/api/v1/team-feed")
        yield Question("team feed of one person", who, f"/api/v1/team-feed?person_id={mine}")
        yield Question("team feed, visits", who, "/api/v1/team-feed?deed=visit")
        yield Question("counts of 7 days", who, f"/api/v1/board/days?on={TODAY}&days=7", limit=None)
        yield Question("month's report", who, f"/api/v1/board/month?on={TODAY}", limit=None)
        yield Question("lead conflicts", who, "/api/v1/lead-conflicts")
        yield Question("lead conflicts, open", who, "/api/v1/lead-conflicts?state=open")
        yield Question("deleted customers", who, f"{customers}/deleted")
        yield Question("board of a day", who, f"/api/v1/board?on={BOARD_DAY}")
        yield Question("lines of one on the board", who, f"/api/v1/board/{mine}?on={BOARD_DAY}")


def compare(
    small: tuple[Crowd, Running], large: tuple[Crowd, Running], rounds: int, only: Sequence[str] = ()
) -> list[Figure | Told]:
    """Milliseconds a request of the large organisation beside the small one. only: questions with one of these in them."""
    found: list[Figure | Told] = []
    sizes = f"{large[0].place.customers:,} : {small[0].place.customers:,}"
    for one, other in zip(questions(small[0]), questions(large[0]), strict=True):
        if only and not any(each in f"{one.who}: {one.name}" for each in only):
            continue
        few, many = in_turn(rounds, _asking(*small, one), _asking(*large, other))
        figure = Figure(f"{one.who}: {one.name}, {sizes}", "ms", many, few, one.limit)
        print(f"    {figure.name}: {few:.1f} → {many:.1f} ms, {figure.ratio:.2f}", flush=True)
        found.append(figure)
    return found


def _asking(crowd: Crowd, server: Running, question: Question) -> Callable[[], float]:
    """Milliseconds of the quickest of some requests in a row: what else the machine does is not the organisation's."""
    who: Seller = getattr(crowd, question.who)

    def side() -> float:
        sent = request("GET", question.path, token=crowd.place.token(who))
        with Client(server.port) as client:  # anew: an idle connection is closed while the other side takes its turn
            orjson.loads(unpacked(client.ask(sent), "gzip"))
            return min(milliseconds(lambda: client.ask(sent)) for _ in range(REQUESTS))

    return side
