"""What the handheld knows of the server, written as TypeScript: the shapes of collections and the texts of problems.

`make docs` writes both to handheld/src/wire/. Whoever calls imports the areas first, so that all is declared.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from server.core.collections import COLLECTIONS, Collection
from server.core.problem_types import CATALOGUE, ProblemType
from sync_protocol.collections import ActionShape
from sync_protocol.versions import PROTOCOL, SCHEMA
from sync_protocol.wire import WireType

_MADE = "// Made from the server's code; `make docs` writes it again. Do not edit.\n"
_HEAD = 'import { boolean, code, day, id, instant, integer, json, orNull, text, type Shape } from "./kinds";\n'
_TYPES: Mapping[str, str] = {
    "id": "string",
    "text": "string",
    "integer": "number",
    "boolean": "boolean",
    "instant": "number",
    "day": "string",
    "json": "unknown",
}


def collections_source(collections: Mapping[str, Collection] = COLLECTIONS) -> str:
    """handheld/src/wire/collections.ts: types of rows and actions, and the shapes values are checked by."""
    shapes = [(each, each.shape) for each in collections.values()]
    lines = [_MADE, _HEAD, f"export const PROTOCOL = {PROTOCOL};", f"export const SCHEMA = {SCHEMA};", ""]
    lines += ["/** The fields of a row, by collection; every row has `id` and `version` beside them. */"]
    lines += ["export interface Rows {"]
    for each, shape in shapes:
        lines += [f"  {each.name}: {{"]
        lines += [f"    readonly {name}: {_type(field.kind)};" for name, field in shape.fields.items()]
        lines += ["  };"]
    lines += ["}", "", "/** The values that each action takes, by collection. */", "export interface Actions {"]
    for each, shape in shapes:
        taken = [line for name, action in shape.actions.items() for line in _action_type(name, action)]
        lines += [f"  {each.name}: {{", *taken, "  };"] if taken else [f"  {each.name}: object;"]
    lines += ["}", "", "export const SHAPES: { readonly [C in keyof Rows]: Shape } = {"]
    for each, shape in shapes:
        lines += [f"  {each.name}: {{", f"    policy: {_quoted(shape.policy.value)},", "    fields: {"]
        lines += [f"      {name}: {_kind(field.kind)}," for name, field in shape.fields.items()]
        lines += ["    },", "    actions: {"]
        for name, action in shape.actions.items():
            lines += _action_shape(name, action)
        lines += ["    },", f"    parents: {json.dumps(dict(each.parents))},", "  },"]
    lines += ["};"]
    return "\n".join(lines) + "\n"


def problems_source(problems: Iterable[ProblemType] = CATALOGUE) -> str:
    """handheld/src/wire/problems.ts: what people read for each code, for refusals that are read without a network."""
    lines = [_MADE, "/** Code → its text; `{name}` is where a param goes. */"]
    lines += ["export const PROBLEMS: Readonly<Record<string, { readonly zh: string; readonly en: string }>> = {"]
    for each in problems:
        lines += [f"  {_quoted(each.code)}: {{ zh: {_quoted(each.text.zh)}, en: {_quoted(each.text.en)} }},"]
    lines += ["};"]
    return "\n".join(lines) + "\n"


def _action_type(name: str, action: ActionShape | None) -> list[str]:
    if action is None or not action.values:
        return [f"    {name}: Record<string, never>;"]
    lines = [f"    {name}: {{"]
    for value, kind in action.values.items():
        mark = "" if value in action.required else "?"
        lines += [f"      readonly {value}{mark}: {_type(kind)};"]
    return [*lines, "    };"]


def _action_shape(name: str, action: ActionShape | None) -> list[str]:
    if action is None or not action.values:
        return [f"      {name}: {{ values: {{}}, required: [] }},"]
    lines = [f"      {name}: {{", "        values: {"]
    lines += [f"          {value}: {_kind(kind)}," for value, kind in action.values.items()]
    required = ", ".join(_quoted(each) for each in sorted(action.required))
    return [*lines, "        },", f"        required: [{required}],", "      },"]


def _type(kind: WireType) -> str:
    said = kind.describe()
    if said["x-wire"] == "code":
        return " | ".join(_quoted(each) if each is not None else "null" for each in said["enum"])
    return _TYPES[said["x-wire"]] + (" | null" if kind.null else "")


def _kind(kind: WireType) -> str:
    said = kind.describe()
    arguments = _arguments(said)
    made = f"{said['x-wire']}({', '.join(arguments)})" if arguments else said["x-wire"]
    return f"orNull({made})" if kind.null else made


def _arguments(said: Mapping[str, Any]) -> list[str]:
    if said["x-wire"] == "text":
        return [str(said["maxLength"]), *(["true"] if said["x-multiline"] else [])]
    if said["x-wire"] == "code":
        return [_quoted(each) for each in said["enum"] if each is not None]
    if said["x-wire"] == "integer":
        return [str(said["minimum"]), str(said["maximum"])]
    return []


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
