"""Digests: the sum does not depend on order, and single changes show."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from sync_protocol.digests import Digest, term

rows = st.lists(
    st.tuples(st.sampled_from(["a", "b"]), st.text("0123456789abcdef", min_size=1), st.integers(1, 9)), max_size=20
)


def digest_of(all_rows: list[tuple[str, str, int]]) -> Digest:
    digest = Digest()
    for row in all_rows:
        digest = digest.add(*row)
    return digest


def test_a_term_is_the_start_of_the_sha256() -> None:
    expected = hashlib.sha256(b"customers\x000199\x003").hexdigest()[:32]
    assert digest_of([("customers", "0199", 3)]).to_wire() == {"rows": 1, "digest": expected}


def test_names_and_ids_do_not_run_into_each_other() -> None:
    assert term("ab", "c", 1) != term("a", "bc", 1)


@given(rows, st.randoms(use_true_random=False))
def test_order_does_not_matter_and_removing_undoes(all_rows: list[tuple[str, str, int]], chance: object) -> None:
    shuffled = list(all_rows)
    chance.shuffle(shuffled)  # type: ignore[attr-defined]
    whole = digest_of(all_rows)
    assert digest_of(shuffled) == whole
    assert digest_of(all_rows[:5]) + digest_of(all_rows[5:]) == whole
    for row in shuffled:
        whole = whole.remove(*row)
    assert whole == Digest()


def test_it_stays_within_128_bits_and_can_be_stored() -> None:
    many = digest_of([("a", str(number), 1) for number in range(50)])
    assert many.total < 2**128
    assert len(many.hex) == 32
    assert Digest.from_total(many.rows, many.hex) == many
    assert Digest().hex == "0" * 32
    assert Digest().remove("a", "1", 1).total >= 0
    big = Digest(1, 2**128 - 1)
    assert (big + big).total < 2**128
