"""Wire types of what actions of field work take, and of columns that show it."""

from __future__ import annotations

from collections.abc import Mapping

from server.fieldwork import models
from server.fieldwork.rules import RepeatUnit
from sync_protocol import wire
from sync_protocol.wire import WireType

FIX: Mapping[str, WireType] = {
    # Whatever a device claims is taken and judged, so the range is what can be stored, not what is on earth.
    "latitude_e7": wire.INTEGER().or_null(),
    "longitude_e7": wire.INTEGER().or_null(),
    "accuracy_m": wire.INTEGER().or_null(),
    "fix_age_s": wire.INTEGER().or_null(),
    "is_mock": wire.BOOLEAN,
}
LEFT: Mapping[str, WireType] = {
    f"out_{name}": wire.BOOLEAN.or_null() if name == "is_mock" else kind for name, kind in FIX.items()
}
OUTCOME: Mapping[str, WireType] = {
    "result": wire.TEXT(models.RESULT_MOST, multiline=True).or_null(),
    "outcome": wire.CODE(models.OUTCOMES).or_null(),
    "next_step": wire.TEXT(models.STEP_MOST, multiline=True).or_null(),
    "nothing_next": wire.TEXT(models.REASON_MOST).or_null(),
    "impression": wire.TEXT(models.IMPRESSION_MOST, multiline=True).or_null(),
}
DONE_NOTE: WireType = wire.TEXT(models.FOLLOW_UP_MOST, multiline=True).or_null()
REPEAT: Mapping[str, WireType] = {
    "repeat_every": wire.INTEGER(1, 52).or_null(),
    "repeat_unit": wire.CODE(RepeatUnit).or_null(),
    "repeat_until": wire.DAY.or_null(),
}
REASON: WireType = wire.TEXT(models.REASON_MOST).or_null()
