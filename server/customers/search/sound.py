"""How names are read in pinyin. Pure. Source: docs/rules/customers.md, C32."""

from __future__ import annotations

import os
from functools import lru_cache

# Readings of phrases would cost every process 40 MB, and names are read character by character.
os.environ.setdefault("PYPINYIN_NO_PHRASES", "true")

from pypinyin import Style, pinyin

SOUND_MOST = 400
"""Characters of a name's reading; what is behind them is not found by sound."""

_USUAL: dict[str, str] = {
    "行": "xing/hang", "乐": "le/yue", "重": "zhong/chong", "长": "chang/zhang", "朝": "chao/zhao", "会": "hui/kuai",
    "都": "du/dou", "传": "chuan/zhuan", "调": "diao/tiao", "厦": "sha/xia", "校": "xiao/jiao", "省": "sheng/xing",
    "降": "jiang/xiang", "阿": "a/e", "藏": "cang/zang", "娜": "na/nuo", "莘": "shen/xin", "茜": "qian/xi", "堡": "bao/pu/bu",
    "埔": "pu/bu", "泊": "bo/po", "莞": "guan/wan", "番": "fan/pan", "蔚": "wei/yu", "六": "liu/lu", "大": "da/dai",
    "还": "huan/hai", "露": "lu/lou", "率": "lv/shuai", "角": "jiao/jue", "弹": "tan/dan", "柏": "bai/bo", "薄": "bo/bao",
    "曾": "zeng/ceng", "单": "dan/shan", "解": "jie/xie", "查": "cha/zha", "仇": "chou/qiu",
}  # fmt: skip
"""Characters that names and places have with more than one reading, the commonest first."""

_SURNAMES: dict[str, str] = {
    "单": "shan/dan", "曾": "zeng/ceng", "解": "xie/jie", "查": "zha/cha", "仇": "qiu/chou", "朴": "piao/pu", "区": "ou/qu",
    "盖": "ge/gai", "翟": "zhai/di", "覃": "qin/tan", "缪": "miao/mou", "召": "shao/zhao", "折": "she/zhe", "洗": "xian/xi",
    "黑": "he/hei", "秘": "bi/mi", "种": "chong/zhong", "祭": "zhai/ji", "繁": "po/fan", "车": "che/ju", "隗": "wei/kui",
    "沈": "shen", "贾": "jia/gu", "盛": "sheng/cheng", "万": "wan", "卜": "bu", "牟": "mou/mu", "晟": "cheng/sheng",
    "宿": "su/xiu", "谌": "chen/shen", "能": "nai/neng", "参": "shen/can", "句": "gou/ju", "相": "xiang", "冼": "xian",
    "任": "ren", "华": "hua", "宁": "ning", "葛": "ge", "纪": "ji", "燕": "yan", "那": "na", "应": "ying", "石": "shi",
    "尉": "wei/yu", "员": "yun/yuan", "乐": "yue/le", "重": "chong/zhong", "长": "zhang/chang", "行": "xing/hang",
    "臧": "zang", "阚": "kan", "逄": "pang", "佴": "nai", "撒": "sa", "强": "qiang", "曲": "qu", "哈": "ha", "令": "ling",
}  # fmt: skip
"""Readings of characters that begin a name: as a surname first, then as anything else."""

_TWO: dict[str, tuple[str, str]] = {
    "万俟": ("mo", "qi"), "尉迟": ("yu", "chi"), "单于": ("chan", "yu"), "澹台": ("tan", "tai"), "长孙": ("zhang", "sun"),
}  # fmt: skip
"""Surnames of two characters that are read otherwise than their parts."""


def reading_of(name: str) -> str | None:
    """How a name is read: syllables without tones, parted by spaces, several readings of one by slashes; None without Chinese.

    Letters and digits that stand together are one syllable. name: as `rules.name_key` makes it. `曾敏` → `zeng/ceng min`.
    """
    syllables: list[str] = []
    surname = _TWO.get(name[:2], ())
    latin, is_chinese = "", False
    for place, character in enumerate(name):
        read = surname[place] if place < len(surname) else _read(character, begins=place == 0)
        if not read and character.isascii() and character.isalnum():
            latin += character
            continue
        syllables += [each for each in (latin, read) if each]
        latin, is_chinese = "", is_chinese or bool(read)
    syllables += [latin] if latin else []
    return _cut(syllables) if is_chinese else None


def _cut(syllables: list[str]) -> str:
    text = " ".join(syllables)
    return text if len(text) <= SOUND_MOST else text[:SOUND_MOST].rpartition(" ")[0]


def _read(character: str, *, begins: bool) -> str:
    if begins and character in _SURNAMES:
        return _SURNAMES[character]
    return _USUAL.get(character) or _first_reading(character)


@lru_cache(maxsize=8192)
def _first_reading(character: str) -> str:
    """The commonest reading of a Chinese character; empty for any other."""
    if character < "\u3400":
        return "ling" if character == "〇" else ""
    found = pinyin(character, style=Style.NORMAL, errors="ignore")
    read = found[0][0] if found else ""
    return read if read.isascii() and read.isalpha() else ""
