"""What the office sends and gets about customers' places; as ../schemas.py."""

from __future__ import annotations

from server.core.fields import IdField, InstantField, IntegerField, Schema
from server.fieldwork.places.rules import LATITUDE, LONGITUDE, RADIUS


class PlaceOut(Schema):
    """Where a customer is to be met, as somebody said. Coordinates in 1e-7 degree."""

    id = IdField(required=True)
    customer_id = IdField(required=True)
    latitude_e7 = IntegerField(required=True)
    longitude_e7 = IntegerField(required=True)
    radius_m = IntegerField(required=True, allow_none=True)
    author_id = IdField(required=True)
    created_at = InstantField(required=True)


class PlaceIn(Schema):
    """A place to set."""

    id = IdField(metadata={"description": "Minted by the caller, so that sending again makes nothing twice."})
    latitude_e7 = IntegerField(*LATITUDE, required=True)
    longitude_e7 = IntegerField(*LONGITUDE, required=True)
    radius_m = IntegerField(*RADIUS, allow_none=True)
