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
    doc="A request that is sent again needs a new proof. Nothing was changed and nothing was revoked.",
)
PROOF_OVERTAKEN = problem_type(
    "accounts.proof-overtaken",
    status=401,
    zh="此请求已被较新的请求取代。",
    en="A later request has overtaken this one.",
    doc="Only when refreshing: the token is no longer the newest and the proof is older than the refresh that followed. "
    "Nothing was changed. Refresh with the newest token held and a new proof; `server_time` (milliseconds since 1970 UTC) "
    "corrects a slow clock.",
    extra=["server_time"],
)

# Core's bulk insert does not tell how many rows it left out, and here that number is the answer.
_USE = text(
    "INSERT INTO proof_uses (org_id, id, version, created_at, updated_at, thumbprint, jti, expires_at) "
    "VALUES (:org_id, :id, 1, :now, :now, :thumbprint, :jti, :expires_at) ON CONFLICT (org_id, thumbprint, jti) DO NOTHING"
)


def use_proof(uow: UnitOfWork, proof: DeviceProof) -> None:
    """Use a verified proof up. Raises Refused PROOF_REPLAYED when it was used, also when that is happening side by side:
    the second insert waits for the first. Used ones are forgotten at night (purge.py), long after their end.
    """
    values = {
        "org_id": uow.org_id,
        "id": new_id(),
        "now": to_ms(uow.now),
        "thumbprint": proof.thumbprint,
        "jti": proof.jti,
        "expires_at": to_ms(proof.replayable_until),
    }
    used = uow.connection.execute(_USE, values)
    if used.rowcount != 1:
        raise Refused(PROOF_REPLAYED)
