"""A device's proof is good once."""

from __future__ import annotations

from sqlalchemy import text

from server.accounts.proof import DeviceProof
from server.core.problems import Refused, problem_type
from server.core.types import to_ms
from server.core.uow import UnitOfWork
from sync_protocol.ids import new_id

PROOF_INVALID = problem_type(
    "accounts.proof-invalid",
    status=401,
    zh="设备证明无效。",
    en="The device's proof is not valid.",
    doc="The DPoP header is missing, or is not of this key, request or token. Make a new proof; never send one twice.",
)
PROOF_CLOCK = problem_type(
    "accounts.proof-clock",
    status=401,
    zh="设备时间与服务器相差过大，请校准后重试。",
    en="The device's clock is too far from the server's. Correct it and try again.",
    doc="Everything else held. `server_time` (milliseconds since 1970 UTC) lets the app correct its proofs without a person.",
    extra=["server_time"],
)
PROOF_REPLAYED = problem_type(
    "accounts.proof-replayed",
    status=401,
    zh="此设备证明已被使用过。",
    en="This proof was used before.",
    doc="A request that is sent again needs a new proof.",
)

# Core's bulk insert does not tell how many rows it left out, and here that number is the answer.
_USE = text(
    "INSERT INTO proof_uses (org_id, id, version, created_at, updated_at, thumbprint, jti, expires_at) "
    "VALUES (:org_id, :id, 1, :now, :now, :thumbprint, :jti, :expires_at) ON CONFLICT (org_id, thumbprint, jti) DO NOTHING"
)
_FORGET = text("DELETE FROM proof_uses WHERE org_id = :org_id AND thumbprint = :thumbprint AND expires_at < :now")


def use_proof(uow: UnitOfWork, proof: DeviceProof) -> None:
    """Use a verified proof up. Raises Refused PROOF_REPLAYED when it was used, also when that is happening side by side:
    the second insert waits for the first. What no clock would accept any more is forgotten on the way.
    """
    values = {"org_id": uow.org_id, "thumbprint": proof.thumbprint, "now": to_ms(uow.now)}
    uow.connection.execute(_FORGET, values)
    used = uow.connection.execute(
        _USE, {**values, "id": new_id(), "jti": proof.jti, "expires_at": to_ms(proof.replayable_until)}
    )
    if used.rowcount != 1:
        raise Refused(PROOF_REPLAYED)
