"""Schemas of refusals, for the OpenAPI document. What fills them: problems.py."""

from __future__ import annotations

from marshmallow import fields

from server.core.fields import CodeField, Schema


class FieldFault(Schema):
    """What is wrong with one field."""

    pointer = fields.String(
        required=True,
        metadata={"description": "RFC 6901, into the part of the request `in` names.", "example": "/name"},
    )
    place = CodeField(["body", "query", "path", "header"], required=True, data_key="in")
    code = fields.String(
        required=True, metadata={"description": "Stable; see the catalogue of problems.", "example": "required"}
    )
    detail = fields.String(
        required=True, metadata={"description": "For people, in the caller's language.", "example": "必填。"}
    )


class Problem(Schema):
    """Why a request was refused (RFC 9457)."""

    type = fields.String(
        required=True, metadata={"format": "uri-reference", "example": "/api/v1/problems#core.not-found"}
    )
    title = fields.String(required=True, metadata={"example": "未找到"})
    status = fields.Integer(required=True, metadata={"description": "The HTTP status.", "example": 404})
    detail = fields.String(
        required=True, metadata={"description": "For people, in the language Accept-Language asks for."}
    )
    code = fields.String(
        required=True, metadata={"description": "Stable; clients match on it.", "example": "core.not-found"}
    )
    params = fields.Dict(
        keys=fields.String(), required=True, metadata={"description": "The values in `detail`, for machines."}
    )
    errors = fields.List(fields.Nested(FieldFault), required=True, metadata={"example": []})
    request_id = fields.String(required=True, allow_none=True, metadata={"description": "Leads to the server's log."})
