"""What the OpenAPI document says of a customer's fields is what is taken."""

from __future__ import annotations

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from marshmallow import ValidationError

from server.core.problems import Refused
from server.customers import rules
from server.customers.schemas import CustomerIn, PhoneIn, RevealIn

ID = "018f2f2e-0000-7000-8000-000000000001"


@pytest.mark.parametrize("field", ["number", "id_number", "address"])
@pytest.mark.parametrize("phone", [{}, {"phone_id": ID}])
def test_which_phone_to_reveal_goes_with_its_number(field: str, phone: dict[str, Any]) -> None:
    asked = {"field": field, "reason": "call", **phone}
    try:
        RevealIn().load(asked)
        taken = True
    except ValidationError:
        taken = False
    assert Draft202012Validator(RevealIn.between).is_valid(asked) == taken == ((field == "number") == bool(phone))


@pytest.mark.parametrize(
    "number", ["13912345678", "+86 139-1234-5678", "(021) 6234.5678", "０２１６２３４５６７８", "+49/30 123456"]
)
def test_a_number_that_is_taken_fits_the_document(number: str) -> None:
    rules.check_phone(number)
    assert re.search(PhoneIn().fields["number"].metadata["pattern"], number)


@pytest.mark.parametrize("number", ["call me", "13x", "++86", "12"])
def test_what_is_no_number_does_not_fit_it(number: str) -> None:
    with pytest.raises(Refused):
        rules.check_phone(number)
    assert not re.search(PhoneIn().fields["number"].metadata["pattern"], number)


@pytest.mark.parametrize(
    ("number", "fits"),
    [("H1234567(8)", True), ("ｅ１２３", True), ("", True), ("张", False), ("-1", False), ("E_1", False)],
)
def test_the_document_says_what_stands_on_an_identity_document(number: str, fits: bool) -> None:
    assert bool(re.search(CustomerIn().fields["id_number"].metadata["pattern"], number)) == fits
