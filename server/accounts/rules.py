"""What holds for staff, sign-in names, units and roles. Pure: decides from values, never looks anything up.

Passwords: passwords.py. One-time codes: codes.py. How far a person reaches: scope.py.
Source: domain rows 84 (staff), 125 (sign-in), 127 (roles), 128 (users), 142 (scope).
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from server.accounts.scope import Extent, UnitKind, UnitTree, is_upward
from server.core.problems import Refused, problem_type

TEXT_FORM = problem_type(
    "accounts.text-form",
    status=422,
    zh="请填写 1 至 {most} 个字符，不含控制字符。",
    en="Give 1 to {most} characters, without control characters.",
)
STAFF_NUMBER_FORM = problem_type(
    "accounts.staff-number-form",
    status=422,
    zh="员工编号由 1 至 20 个字母、数字或连字符组成，并以字母或数字开头。",
    en="A staff number has 1 to 20 letters, digits or hyphens and begins with a letter or digit.",
)
BIRTH_YEAR_RANGE = problem_type(
    "accounts.birth-year-range",
    status=422,
    zh="按出生年份计算，年龄须在 {least} 至 {most} 岁之间。",
    en="By the year of birth the age must be {least} to {most}.",
)
PHONE_FORM = problem_type(
    "accounts.phone-form",
    status=422,
    zh="电话须为 5 至 15 位数字，可以加号开头。",
    en="A phone number has 5 to 15 digits and may begin with a plus sign.",
)
SENDER_CODE_FORM = problem_type(
    "accounts.sender-code-form",
    status=422,
    zh="特服号码须为 3 至 21 位数字。",
    en="An SMS sender code has 3 to 21 digits.",
)
USERNAME_FORM = problem_type(
    "accounts.username-form",
    status=422,
    zh="用户名由 2 至 40 个小写字母、数字组成，中间可用点、连字符或下划线分隔，并以字母开头。",
    en="A user name has 2 to 40 small letters or digits, single dots, hyphens or underscores between them, and begins "
    "with a letter.",
)
ORG_CODE_FORM = problem_type(
    "accounts.org-code-form",
    status=422,
    zh="企业代码由 2 至 32 个小写字母、数字组成，中间可用连字符分隔。",
    en="An organisation code has 2 to 32 small letters or digits, single hyphens between them.",
)
ROLE_SYSTEM = problem_type(
    "accounts.role-system",
    status=409,
    zh="系统角色不能删除或禁用。",
    en="A system role cannot be deleted or disabled.",
)
ROLE_DEFINING = problem_type(
    "accounts.role-defining",
    status=409,
    zh="系统角色不能失去其基本权限“{function}”。",
    en="The system role cannot lose the permission that defines it: “{function}”.",
)
USER_DEFAULT = problem_type(
    "accounts.user-default",
    status=409,
    zh="企业的默认用户不能删除、禁用，也不能失去管理员角色。",
    en="The organisation's default user cannot be deleted or disabled, nor lose the administrator role.",
)
BEYOND_OWN_RIGHTS = problem_type(
    "accounts.beyond-own-rights",
    status=403,
    zh="该操作涉及您自己没有的权限或数据范围。",
    en="This involves permissions or data that you do not have yourself.",
)
RESET_OWN = problem_type(
    "accounts.reset-own",
    status=409,
    zh="不能为自己签发重置码，请使用“修改密码”。",
    en="You cannot issue a reset code for yourself. Change your password instead.",
)
UNIT_PARENT = problem_type(
    "accounts.unit-parent",
    status=422,
    zh="请选择一个存在的上级部门；只有企业本身没有上级。",
    en="Choose an existing parent unit; only the organisation itself has none.",
)
UNIT_CYCLE = problem_type(
    "accounts.unit-cycle",
    status=409,
    zh="部门不能移到自己或自己的下级之下。",
    en="A unit cannot be moved below itself.",
)
UNIT_IN_USE = problem_type(
    "accounts.unit-in-use",
    status=409,
    zh="该部门还有 {children} 个下级部门和 {staff} 名员工，不能删除。",
    en="The unit still has {children} units below it and {staff} staff and cannot be deleted.",
)

NAME_MOST = 60
STAFF_NUMBER, SENDER_CODE = "[A-Za-z0-9][A-Za-z0-9-]{0,19}", "[0-9]{3,21}"
USERNAME, USERNAME_LEAST, USERNAME_MOST = "[a-z][a-z0-9]*(?:[._-][a-z0-9]+)*", 2, 40
CODE, CODE_LEAST, CODE_MOST = "[a-z0-9]+(?:-[a-z0-9]+)*", 2, 32
"""Forms asked for after narrowing, CODE of organisations and projects; the schemas describe them."""
YOUNGEST, OLDEST = 16, 100
"""Ages a staff record may show. Under 16 nobody may be employed (禁止使用童工规定, 2002)."""

ADMINISTRATOR = "administrator"
"""The code of the system role the default user never loses."""


class Gender(StrEnum):
    """As in the staff record; absent when not stated."""

    FEMALE = "female"
    MALE = "male"
    OTHER = "other"


class Education(StrEnum):
    """学历, highest completed: 初中及以下, 高中, 中专, 大专, 本科, 硕士, 博士."""

    LOWER_SECONDARY = "lower_secondary"
    UPPER_SECONDARY = "upper_secondary"
    VOCATIONAL = "vocational"
    ASSOCIATE = "associate"
    BACHELOR = "bachelor"
    MASTER = "master"
    DOCTOR = "doctor"


@dataclass(frozen=True, slots=True)
class StaffValues:
    """The staff record's own fields (row 84; the department is the unit). An age would be wrong a year later."""

    number: str
    name: str
    gender: Gender | None = None
    birth_year: int | None = None
    education: Education | None = None
    title: str | None = None
    phone: str | None = None


def check_staff(values: StaffValues, *, today: date) -> StaffValues:
    """Judge a staff record and return it as it is to be stored: trimmed, full-width digits narrowed, phone bare.

    today: the organisation's calendar day. Raises Refused STAFF_NUMBER_FORM, TEXT_FORM (name, title), BIRTH_YEAR_RANGE,
    PHONE_FORM at their fields.
    """
    year = values.birth_year
    if year is not None and not YOUNGEST <= age_by_year(year, today) <= OLDEST:
        raise Refused(BIRTH_YEAR_RANGE, field="/birth_year", least=YOUNGEST, most=OLDEST)
    title = check_name(values.title, field="/title") if values.title and values.title.strip() else None
    number = _narrow(values.number)
    if not re.fullmatch(STAFF_NUMBER, number):
        raise Refused(STAFF_NUMBER_FORM, field="/number")
    name, phone = check_name(values.name), check_phone(values.phone)
    return replace(values, number=number, name=name, title=title, phone=phone)


def check_name(name: str, *, field: str = "/name") -> str:
    """The name of a person, unit, project, role or job as stored: NFC, spaces single. Raises Refused TEXT_FORM."""
    text = " ".join(unicodedata.normalize("NFC", name).split())
    if not 1 <= len(text) <= NAME_MOST or any(unicodedata.category(each) in ("Cc", "Cs") for each in text):
        raise Refused(TEXT_FORM, field=field, most=NAME_MOST)
    return text


def age_by_year(birth_year: int, today: date) -> int:
    """The age someone of this year of birth reaches in today's year: what the staff list shows as 年龄."""
    return today.year - birth_year


def check_phone(phone: str | None, *, field: str = "/phone") -> str | None:
    """A staff member's own number as stored: digits, a plus kept; blank is None. Raises Refused PHONE_FORM."""
    text = re.sub(r"[ ()-]", "", _narrow(phone or ""))
    if text and not re.fullmatch(r"\+?[0-9]{5,15}", text):
        raise Refused(PHONE_FORM, field=field)
    return text or None


def check_sender_code(code: str | None, *, field: str = "/sender_code") -> str | None:
    """The number a user's messages are sent under (特服号码); blank is None. Raises Refused SENDER_CODE_FORM."""
    text = _narrow(code or "")
    if text and not re.fullmatch(SENDER_CODE, text):
        raise Refused(SENDER_CODE_FORM, field=field)
    return text or None


def spell_sign_in(typed: str) -> str:
    """A user name or organisation code as it is looked up: narrow, small, trimmed; "" for what no name can be.

    Never raises. Anybody may type anything here: what is too long is not spelled, what is not plain ASCII (NUL, half
    characters) never reaches the database.
    """
    text = _narrow(typed).casefold() if len(typed) <= 100 else ""
    return text if text.isascii() and text.isprintable() else ""


def check_username(username: str, *, field: str = "/username") -> str:
    """A new user name as stored. Raises Refused USERNAME_FORM."""
    text = spell_sign_in(username)
    if not USERNAME_LEAST <= len(text) <= USERNAME_MOST or not re.fullmatch(USERNAME, text):
        raise Refused(USERNAME_FORM, field=field)
    return text


def check_org_code(code: str, *, field: str = "/code") -> str:
    """A new organisation code as stored. Raises Refused ORG_CODE_FORM."""
    text = spell_sign_in(code)
    if not CODE_LEAST <= len(text) <= CODE_MOST or not re.fullmatch(CODE, text):
        raise Refused(ORG_CODE_FORM, field=field)
    return text


def check_role_removal(*, is_system: bool) -> None:
    """May a role be deleted or disabled? Raises Refused ROLE_SYSTEM."""
    if is_system:
        raise Refused(ROLE_SYSTEM)


def check_role_functions(defining: Collection[str], after: Collection[str]) -> None:
    """May a role's functions become `after`? defining: what a system role is there for; of other roles, nothing.

    Raises Refused ROLE_DEFINING with the first function that would be lost.
    """
    for function in sorted(set(defining) - set(after)):
        raise Refused(ROLE_DEFINING, function=function)


def check_user_removal(*, is_default: bool) -> None:
    """May a user be deleted or disabled? Raises Refused USER_DEFAULT."""
    if is_default:
        raise Refused(USER_DEFAULT)


def check_user_roles(after: Collection[str], *, is_default: bool) -> None:
    """May a user's roles become those of these codes? Raises Refused USER_DEFAULT: somebody must be able to let in."""
    if is_default and ADMINISTRATOR not in after:
        raise Refused(USER_DEFAULT)


def check_not_upward(actor: Mapping[str, Extent], other: Mapping[str, Extent]) -> None:
    """May someone with the extents of `actor` give, or take over, what `other` has? By function, see scope.extents.

    Asked before roles are given (other: what the user would then have), before a role is changed (for those who hold it),
    and before a reset code is issued (other: whose password it is). Raises Refused BEYOND_OWN_RIGHTS.
    """
    if is_upward(other, actor):
        raise Refused(BEYOND_OWN_RIGHTS)


def check_reset(actor_id: str, actor: Mapping[str, Extent], user_id: str, user: Mapping[str, Extent]) -> None:
    """May a reset code be issued for a user? Whoever holds the code becomes him, so never upwards, and not for oneself:
    that would change a password without knowing it. Raises Refused RESET_OWN, BEYOND_OWN_RIGHTS.
    """
    if actor_id == user_id:
        raise Refused(RESET_OWN)
    check_not_upward(actor, user)


def check_unit_place(tree: UnitTree, unit_id: str, parent_id: str | None, kind: UnitKind) -> None:
    """May a unit, new or known, stand below `parent_id`? Exactly the one root is the organisation.

    Raises Refused UNIT_PARENT, UNIT_CYCLE at /parent_id.
    """
    if (parent_id is None) != (kind is UnitKind.ORGANISATION):
        raise Refused(UNIT_PARENT, field="/parent_id")
    if parent_id is None:
        if not tree.roots <= {unit_id}:
            raise Refused(UNIT_PARENT, field="/parent_id")
        return
    if parent_id in tree.below([unit_id]):
        raise Refused(UNIT_CYCLE, field="/parent_id")
    if parent_id not in tree:
        raise Refused(UNIT_PARENT, field="/parent_id")


def check_unit_removal(tree: UnitTree, unit_id: str, *, staff: int) -> None:
    """May a unit be deleted? staff: people whose primary or further unit it is. Raises Refused UNIT_IN_USE."""
    children = len(tree.children(unit_id))
    if children or staff:
        raise Refused(UNIT_IN_USE, children=children, staff=staff)


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()
