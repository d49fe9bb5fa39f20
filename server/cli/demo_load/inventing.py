"""Believable customers, notes and days out of a seed. Pure: the same seed and number give the same, whatever came before.

Phones reach nobody: the prefix 154 was never given to a network in China; of +1 and +44 they are the numbers reserved for
films. Places are invented.
"""

from __future__ import annotations

import hashlib
import random
from dataclasses import dataclass, field
from datetime import date, timedelta

from server.customers.rules import LOSS_REASONS
from sync_protocol.ids import is_id

_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严"
_DOUBLE_SURNAMES = ("欧阳", "司马", "上官", "诸葛", "夏侯", "东方")
_GIVEN = (  # noqa: SIM905 (words, not quotes)
    "伟 芳 娜 敏 静 丽 强 磊 军 洋 勇 艳 杰 娟 涛 明 超 秀英 霞 平 刚 桂英 文 辉 玲 建华 建国 雪梅 志强 海燕 晓东 丽华 子涵 "
    "梓轩 浩然 雨桐 欣怡 思远 嘉怡 一鸣 若曦 俊杰 晨曦 雅婷 天佑 佳琪 宇航 诗涵 文博 语嫣 建平 玉兰 国强 春梅 立新 永红 "
    "晓峰 婉清 书瑶 景行 望舒 清扬 安然 知行"
).split()
_FIRST = (  # noqa: SIM905 (words, not quotes)
    "Olivia Liam Emma Noah Sofía Mateo Chloé Lucas Anna Felix Ingrid Lars Zoë Max Aoife Sean Elena Marco Katarzyna Piotr "
    "Amélie Hugo Beatriz João Yuki Kenji Priya Arjun Fatima Omar Grace Henry"
).split()
_LAST = (  # noqa: SIM905 (words, not quotes)
    "Smith Müller García O'Brien Rossi Dubois Nowak Jansen Andersson Silva Tanaka Patel Haddad Johnson Dijkstra Kowalski "
    "Fernández Meyer Laurent Costa Nielsen Walker Murphy Novák Ferrari Lopes Sato Singh Khan Clark"
).split()
_COMPANIES = (
    "启明科技",
    "恒润商贸",
    "远航物流",
    "华章文化",
    "瑞和医疗",
    "青松建材",
    "蓝湾餐饮",
    "金桥咨询",
    "北辰设计",
    "新禾农业",
)
_FORMS = ("有限公司", "股份有限公司", "合伙企业")
_DISTRICTS = ("湖畔区", "云顶区", "东城区", "西岭区", "港湾区", "梧桐区")
_ROADS = ("晨曦路", "听泉路", "揽月街", "桂花巷", "长堤路", "枫林大道", "石桥街", "望江路")
_NEEDS = (
    "三房两厅，110 平米左右，南北通透，中高楼层",
    "两房刚需，总价控制在 180 万以内，靠近地铁",
    "改善型四房，要求大阳台和两个车位",
    "学区优先，面积可以小一些",
    "投资用小户型，关注租金回报",
    "给父母养老，一楼或低楼层带花园，附近要有医院",
    "临街商铺 60 平米以内，自用开店",
    "Two bedrooms, quiet side, walking distance to the metro",
    "Family of four, wants a study and a parking space",
)
_REMARKS = (
    "喜欢喝茶，周末下午方便接电话",
    "爱好钓鱼，养一条金毛",
    "对价格敏感，会拿竞品对比",
    "太太做决定，下次请两人一起来",
    "看重物业服务和绿化",
    "不喜欢频繁来电，微信联系为主",
    "Prefers English; call after 18:00",
)
NOTES = (
    "首次来电，了解户型和均价，约周末看房",
    "看了样板间，对 110 平米户型满意，觉得楼间距偏小",
    "对比了城东的竞品，认为我们贵每平米 600 左右",
    "家人意见不统一，暂缓两周再联系",
    "问了贷款首付比例和公积金政策，已发测算表",
    "希望保留 12 楼以上房源",
    "介绍了老带新活动，表示会推荐同事",
    "客户出差，下周三回来后再约",
    "Showed the model flat; likes the light, worries about the noise from the road",
    "Asked for a written quote with and without the parking space",
)
_REPLIES = ("收到，我来准备资料", "价格可以再申请一下", "注意跟进频率", "好的，周会一起讨论", "Noted, thanks")
PURPOSES = (
    "带看样板间",
    "送合同文本",
    "回访老客户",
    "介绍优惠活动",
    "面谈价格",
    "陪同家人二次看房",
    "Second viewing with the family",
)
RESULTS = (
    "看房顺利，重点看了 8 号楼，对采光满意，约定三天内给答复",
    "谈到价格，希望再优惠 2 个点，已答应申请",
    "家里老人提出楼层太高，改推 5 楼房源",
    "基本确定意向，准备交诚意金",
    "对交房时间有顾虑，已解释施工进度",
    "Went well; will come back with her husband on Saturday",
)
MISSED = ("敲门无人，电话未接，已留资料", "客户临时有事，改约下周", "到达后客户已离开")
STEPS = (
    "三天内电话跟进",
    "发送贷款测算",
    "准备合同草案",
    "周末再次带看",
    "邀请参加业主活动",
    "Send the floor plan by e-mail",
)
CANCELLED = ("客户要求改期", "大雨，改为电话沟通", "客户生病")

STAGES = (("prospect", 45), ("visited", 25), ("negotiating", 12), ("won", 10), ("lost", 6), ("dead", 2))
_GRADES = {"prospect": "BCCDD", "visited": "ABBCC", "negotiating": "AAB", "won": "A", "lost": "DE", "dead": "E"}
_SOURCES = ("walk_in", "call_in", "referral", "online", "advertisement", "exhibition", "channel", "cold_call", "other")
_EPOCH_MS = 1_735_689_600_000  # 2025-01-01: only gives the ids of one load an order


@dataclass(frozen=True, slots=True)
class InventedNote:
    """days_ago, minute: when it was written, of the day it is loaded on. reply: to the note before."""

    text: str
    days_ago: int
    minute: int
    reply: bool = False


@dataclass(frozen=True, slots=True)
class InventedCustomer:
    """A customer as `create_customer` takes him (without project and owner), with phones and notes."""

    values: dict[str, object]
    phones: tuple[tuple[str, str | None, bool], ...]
    notes: tuple[InventedNote, ...] = field(default=())


def demo_id(seed: int, kind: str, number: int) -> str:
    """The id of the demo's n-th row of a kind: the same in every load, so that loading again finds it there."""
    digest = int.from_bytes(hashlib.sha256(f"doorstep demo|{seed}|{kind}|{number}".encode()).digest()[:10], "big")
    value = (
        (_EPOCH_MS + number) << 80 | 0x7 << 76 | (digest >> 62 & 0xFFF) << 64 | 0b10 << 62 | digest & ((1 << 62) - 1)
    )
    text = f"{value:032x}"
    made = f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
    assert is_id(made)  # noqa: S101 (the form of ids is not ours to bend)
    return made


def draw_for(seed: int, kind: str, number: int) -> random.Random:
    """A source of chance for one thing alone."""
    return random.Random(f"{seed}|{kind}|{number}")  # noqa: S311 (a demo, and repeatable)


def invent_customer(seed: int, number: int, today: date) -> InventedCustomer:
    """The demo's n-th customer. today: the organisation's day; first contacts and notes lie before it."""
    draw = draw_for(seed, "customer", number)
    company = draw.random() < 0.08
    latin = not company and draw.random() < 0.12
    stage = draw.choices([name for name, _ in STAGES], [share for _, share in STAGES])[0]
    known_for = min(int(draw.expovariate(1 / 90)), 700)
    values: dict[str, object] = {
        "kind": "company" if company else "person",
        "name": _company(draw) if company else invent_name(draw, latin=latin),
        "stage": stage,
        "grade": draw.choice(_GRADES[stage]) if draw.random() < 0.85 else None,
        "source": draw.choice(_SOURCES),
        "first_contact_on": today - timedelta(days=known_for),
    }
    if stage == "lost":
        values["lost_reason"] = draw_for(seed, "lost reason", number).choice(LOSS_REASONS)
    if draw.random() < 0.5:
        values["needs"] = draw.choice(_NEEDS)
    if draw.random() < 0.35:
        values["remark"] = draw.choice(_REMARKS)
    if draw.random() < 0.4:
        road, house = draw.choice(_ROADS), draw.randrange(1, 200)
        values["address"] = (
            f"青岚市{draw.choice(_DISTRICTS)}{road}{house}号{draw.randrange(1, 30)}幢{draw.randrange(101, 2805)}室"
        )
    if not company and draw.random() < 0.3:
        values["born_on"] = date(draw.randrange(1950, 2003), draw.randrange(1, 13), draw.randrange(1, 29))
    phones: list[tuple[str, str | None, bool]] = [(_phone(draw, number, latin=latin), None, True)]
    if draw.random() < 0.2:
        phones.append(
            (_phone(draw, number + 50_000_000, latin=False), draw.choice(("家人", "公司", "备用")), draw.random() < 0.7)
        )
    return InventedCustomer(values, tuple(phones), _notes(draw, known_for))


def invent_name(draw: random.Random, *, latin: bool = False) -> str:
    """The name of a person."""
    if latin:
        return f"{draw.choice(_FIRST)} {draw.choice(_LAST)}"
    surname = draw.choice(_DOUBLE_SURNAMES) if draw.random() < 0.02 else draw.choice(_SURNAMES)
    return surname + draw.choice(_GIVEN)


def _company(draw: random.Random) -> str:
    return f"青岚{draw.choice(_COMPANIES)}{draw.choice(_FORMS)}"


def _phone(draw: random.Random, number: int, *, latin: bool) -> str:
    # Abroad few numbers are kept for invention. A few that come twice are lead conflicts to look at; a million are not.
    if latin and number < 1000:
        if draw.random() < 0.5:
            return f"+1202555{100 + number % 100:04d}"
        return f"+447700900{number % 1000:03d}"
    return f"+86154{number * 7919 % 100_000_000:08d}"


def _notes(draw: random.Random, known_for: int) -> tuple[InventedNote, ...]:
    found: list[InventedNote] = []
    for _ in range(draw.choices((0, 1, 2, 3), (45, 30, 17, 8))[0]):
        days = draw.randrange(0, min(known_for, 60) + 1)
        found.append(InventedNote(draw.choice(NOTES), days, draw.randrange(540, 1200)))
    found.sort(key=lambda note: -note.days_ago)
    if found and draw.random() < 0.25:
        last = found[-1]
        found.append(InventedNote(draw.choice(_REPLIES), last.days_ago, last.minute, reply=True))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class InventedVisit:
    """A line of a day. start: minutes of the day it is planned for, length in minutes. late: minutes after the plan.

    fate: done, missed (nobody home), cancelled or silent (nothing was heard). metres: from the place to the check-in.
    """

    start: int
    length: int
    late: int
    fate: str
    purpose: str
    result: str
    next_step: str | None
    metres: int
    importance: int
    urgency: int
    cancel_reason: str


def invent_day(draw: random.Random) -> tuple[InventedVisit, ...]:
    """The lines of one person's day, in order."""
    minute = 9 * 60 + draw.randrange(0, 4) * 10
    lines: list[InventedVisit] = []
    for _ in range(draw.randrange(4, 8)):
        length = draw.choice((30, 40, 45, 60))
        fate = draw.choices(("done", "missed", "cancelled", "silent"), (78, 9, 7, 6))[0]
        lines.append(
            InventedVisit(
                start=minute,
                length=length,
                late=draw.choice((-4, 0, 2, 5, 7, 11, 26)),
                fate=fate,
                purpose=draw.choice(PURPOSES),
                result=draw.choice(MISSED if fate == "missed" else RESULTS),
                next_step=draw.choice(STEPS) if fate == "done" and draw.random() < 0.5 else None,
                metres=draw.choice((8, 15, 22, 40, 75, 120, 640)),
                importance=draw.randrange(1, 4),
                urgency=draw.randrange(1, 4),
                cancel_reason=draw.choice(CANCELLED),
            )
        )
        minute += length + draw.choice((20, 30, 45))
    return tuple(lines)
