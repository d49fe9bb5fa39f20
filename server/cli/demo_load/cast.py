"""Who is in the demo: organisations, units, projects and people. Names that README and tests count on."""

from __future__ import annotations

from dataclasses import dataclass

DEMO, RIVAL = "demo", "rival"
PASSWORD = "doorstep-demo"  # noqa: S105 (public on purpose: DOORSTEP_DEMO=1 is what lets it in)
DEMO_NAME, RIVAL_NAME = "晨曦置业（演示） Dawn Homes", "对手置业（演示） Rival Homes"

SALES, EAST, WEST, FINANCE = "销售部 Sales", "东区 East", "西区 West", "财务部 Finance"
PROJECTS = (("lakeside", "湖畔花园 Lakeside"), ("skyline", "云顶国际 Skyline"))


@dataclass(frozen=True, slots=True)
class Person:
    """A member of the demo's staff. unit: by name. projects: by code. says: who he is, for whoever picks a login."""

    username: str
    name: str
    number: str
    unit: str
    role: str
    title: str
    says: str
    projects: tuple[str, ...] = ()


PEOPLE = (
    Person("li.wang", "王丽", "E101", EAST, "salesperson", "置业顾问", "salesperson, team East", ("lakeside",)),
    Person("min.zhao", "赵敏", "E102", EAST, "salesperson", "置业顾问", "salesperson, team East", ("lakeside",)),
    Person("na.sun", "孙娜", "W101", WEST, "salesperson", "置业顾问", "salesperson, team West", ("skyline",)),
    Person("jie.chen", "陈杰", "E001", EAST, "supervisor", "案场经理", "supervisor of East", ("lakeside",)),
    Person("hong.wu", "吴红", "W001", WEST, "supervisor", "案场经理", "supervisor of West", ("skyline",)),
    Person("yang.liu", "刘洋", "D001", SALES, "director", "销售总监", "sales director, both teams"),
    Person("fang.zhou", "周芳", "F001", FINANCE, "finance", "财务主管", "finance"),
)
DIRECTOR = "yang.liu"
ADMIN, ADMIN_NAME, SPY, SPY_NAME = "admin", "管理员", "spy", "旁观者 Spy"

LOGINS = (*((each.username, each.says) for each in PEOPLE), (ADMIN, "administrator"))
"""User name and who that is, in the order in which they are shown."""

TEAM_OF_MORE = 10
"""Further salespeople to a team."""
