"""What a column of a list can mean, and what its title says it means. Pure."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from enum import StrEnum

from server.customers import rules
from server.customers.imports.sheets import Cell, Line


class Field(StrEnum):
    """What a column can be read as. `phone` may be said of several columns, all others of one."""

    NAME = "name"
    KIND = "kind"
    PHONE = "phone"
    ID_NUMBER = "id_number"
    ADDRESS = "address"
    BORN_ON = "born_on"
    NEEDS = "needs"
    REMARK = "remark"
    STAGE = "stage"
    LOST_REASON = "lost_reason"
    GRADE = "grade"
    SOURCE = "source"
    FIRST_CONTACT_ON = "first_contact_on"
    OWNER = "owner"


TITLES: dict[Field, tuple[str, ...]] = {
    Field.NAME: ("客户名称", "客户姓名", "姓名", "名称", "客户", "公司名称", "name", "customer", "customer name", "full name"),
    Field.KIND: ("类型", "客户类型", "客户性质", "kind", "type", "customer type"),
    Field.PHONE: (
        "电话", "手机", "手机号", "手机号码", "联系电话", "电话号码", "移动电话", "备用电话", "phone", "phones", "mobile",
        "telephone", "tel", "cell", "phone number", "mobile number",
    ),
    Field.ID_NUMBER: ("证件号码", "证件号", "身份证", "身份证号", "身份证号码", "identity number", "id number", "id card"),
    Field.ADDRESS: ("地址", "住址", "联系地址", "通讯地址", "address", "home address"),
    Field.BORN_ON: ("生日", "出生日期", "出生年月日", "birthday", "born", "date of birth", "born on"),
    Field.NEEDS: ("需求", "客户需求", "意向", "购房需求", "needs", "need", "wants", "requirement", "intent"),
    Field.REMARK: ("备注", "说明", "remark", "remarks", "comment", "notes", "note"),
    Field.STAGE: ("阶段", "客户阶段", "状态", "客户状态", "stage", "status"),
    Field.LOST_REASON: ("流失原因", "战败原因", "loss reason", "lost reason", "reason lost", "reason for loss"),
    Field.GRADE: ("等级", "客户等级", "级别", "意向等级", "grade", "level", "rating"),
    Field.SOURCE: ("来源", "客户来源", "获知渠道", "渠道", "source", "channel", "lead source"),
    Field.FIRST_CONTACT_ON: (
        "首次接触", "首次接触日期", "首次来访", "首访日期", "登记日期", "first contact", "first contact on", "first visit",
    ),
    Field.OWNER: ("归属人", "置业顾问", "顾问", "销售", "业务员", "负责人", "owner", "sales rep", "consultant", "salesperson"),
}  # fmt: skip

WORDS: dict[Field, dict[str, tuple[str, ...]]] = {
    Field.KIND: {
        "person": ("个人", "person", "individual", "自然人"),
        "company": ("公司", "企业", "单位", "company", "organisation", "organization", "corporate"),
    },
    Field.STAGE: {
        "prospect": ("潜在", "潜在客户", "prospect", "new", "lead"),
        "visited": ("来访", "已来访", "visited"),
        "negotiating": ("谈判", "洽谈", "negotiating"),
        "won": ("成交", "已成交", "won"),
        "lost": ("流失", "lost"),
        "dead": ("死亡客户", "无效", "dead"),
    },
    Field.LOST_REASON: {
        "price": ("价格", "价格原因", "价格太高", "price", "too expensive"),
        "location": ("地段", "位置", "location"),
        "layout": ("户型", "layout", "floor plan"),
        "financing": ("资金", "贷款", "资金或贷款", "贷款资金", "financing", "loan", "mortgage"),
        "competitor": ("竞品", "选择竞品", "选了竞品", "购买竞品", "竞争对手", "competitor", "bought elsewhere"),
        "need_gone": ("需求消失", "无需求", "不再需要", "need_gone", "no need", "no need any more"),
        "unreachable": ("失联", "联系不上", "unreachable", "cannot be reached"),
        "service": ("服务", "service", "our service"),
        "other": ("其他", "其它", "other"),
    },
    Field.GRADE: {grade: (grade, f"{grade}级", f"{grade}类") for grade in rules.GRADES},
    Field.SOURCE: {
        "walk_in": ("自然来访", "来访", "自访", "walk-in", "walk_in", "walk in"),
        "call_in": ("来电", "call-in", "call_in", "inbound call"),
        "referral": ("介绍", "老带新", "朋友介绍", "referral"),
        "online": ("网络", "网上", "online", "web", "internet"),
        "advertisement": ("广告", "advertisement", "ad"),
        "exhibition": ("展会", "房展会", "exhibition", "fair"),
        "channel": ("渠道", "中介", "分销", "channel", "agency"),
        "cold_call": ("陌拜", "陌call", "cold call", "cold_call"),
        "other": ("其他", "其它", "other"),
    },
}
"""Field → code → how people write it."""

MANY = frozenset({Field.PHONE})


def word_key(text: str) -> str:
    """Titles and words are the same when nothing but width, case, spaces and punctuation tells them apart."""
    folded = unicodedata.normalize("NFKC", text).casefold()
    return re.sub(r"[\W_]+", "", re.sub(r"[(\[（【].*$", "", folded)) or re.sub(r"[\W_]+", "", folded)


_FIELD_OF = {word_key(title): field for field, titles in TITLES.items() for title in titles}
CODE_OF = {
    field: {word_key(word): code for code, words in known.items() for word in words} for field, known in WORDS.items()
}


def guess(titles: Sequence[Cell]) -> list[Field | None]:
    """What each column is by its title; None for one nobody knows, and for a second one of a kind that comes once."""
    found: list[Field | None] = []
    for title in titles:
        key = word_key(title) if isinstance(title, str) else ""
        field = _FIELD_OF.get(key) or _FIELD_OF.get(key.rstrip("0123456789一二三"))
        found.append(None if field in found and field not in MANY else field)
    return found


def title_line(top: Sequence[Line]) -> Line:
    """Of the first rows the one that names the columns: the one with most titles that are known, else the first."""
    return max(top, key=lambda line: (sum(field is not None for field in guess(line.cells)), -line.number))
