"""A whole sync client in one file, written from docs/protocol.md alone and kept that way, so that the page stays sufficient.

Nothing of Doorstep is imported, and nothing may be: whoever mends this file reads the page and no source, and where the
page does not say enough, the page is mended first. M13 and the like are the page's rules. The store is one JSON file
that is replaced as a whole, so that each write is one transaction. Left to an app: checking values (M5) and pauses.
"""

import base64
import contextlib
import copy
import hashlib
import http.client
import itertools
import json
import secrets
import time
import uuid
from pathlib import Path
from typing import Any, Literal

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils

Json = dict[str, Any]
Intent = tuple[str, str, str, Json]  # collection, action, row, values
Outcome = Literal[
    "done", "again", "later", "upgrade", "blocked", "wiped"
]  # later: after a pause; blocked: see `problem`
VERDICTS = {"applied", "merged", "duplicate", "conflict", "rejected", "skipped", "retry"}
NOT_OF_THIS_SHAPE = (KeyError, TypeError, ValueError, IndexError, AttributeError)
PARTS = ("left", "pages", "bucket_names", "removals")
EMPTY: Json = {"queue": [], "settled": [], "to_mend": [], "aside": None, "n": 1, "group": 1, "enrolment": None}
EMPTY |= {"adopted": {"cursor": None, "head": 0, "rows": {}}}


class Refused(Exception):
    """Any answer but a good one. Arguments: status, 0 where none came or not one of this shape; code; params."""


def now() -> int:
    """Milliseconds since 1970 UTC by this device's clock."""
    return time.time_ns() // 1_000_000


def new_id() -> str:
    """A UUID of version 7."""
    return str(uuid.UUID(int=now() << 80 | 7 << 76 | secrets.randbits(12) << 64 | 2 << 62 | secrets.randbits(62)))


def compact(value: object, ascii_only: bool = False) -> bytes:
    """JSON; raises ValueError for a lone surrogate unless `ascii_only` (M1)."""
    return json.dumps(value, ensure_ascii=ascii_only, sort_keys=True, separators=(",", ":")).encode()


def b64url(data: bytes | int) -> str:
    """Base64url without padding; of a number, its 32 bytes."""
    return base64.urlsafe_b64encode(data.to_bytes(32) if isinstance(data, int) else data).rstrip(b"=").decode()


def fold(rows: Json, left: list[str], pages: list[Json], names: list[str], removals: list[Json]) -> Json:
    """`rows` ("collection id" → values and buckets) brought on by one answer: `left` first (M18), then the rest (M17)."""
    rows = {key: row | {"buckets": {*row["buckets"]} - {*left}} for key, row in rows.items()}
    for page in pages:
        lines = zip(*page["columns"].values(), strict=True)
        for line, places in zip(lines, page["buckets"], strict=True):
            values = dict(zip(page["columns"], line, strict=True))
            held = rows.setdefault(f"{page['collection']} {values['id']}", {"buckets": set()})
            held["values"], held["buckets"] = values, held["buckets"] | {names[place] for place in places}
    for removal in removals:
        held = rows.get(f"{removal['collection']} {removal['row']}", {"buckets": set()})
        held["buckets"] = held["buckets"] - {names[removal["bucket"]]}
    return {key: row | {"buckets": sorted(row["buckets"])} for key, row in rows.items() if row["buckets"]}


def goes_back(known: Json, pull: Json, head: int) -> bool:
    """Whether an answer breaks M14: an old one come late, or one of another history that does not say `reset`."""
    asked, cursor = known["cursor"], pull["cursor"]
    if asked is None or asked["epoch"] != cursor["epoch"]:
        return not pull["reset"]
    stays = {} if pull["reset"] else {name: seq for name, seq in asked["buckets"].items() if name not in pull["left"]}
    return bool(head < known["head"]) or any(cursor["buckets"].get(name, -1) < seq for name, seq in stays.items())


def again(state: Json, lost: list[Json]) -> Json:
    """What changes when settled entries are no longer known to be done: pending by the same numbers (M21)."""
    queue = [entry["operation"] for entry in lost if entry["enrolment"] == state["enrolment"]] + state["queue"]
    settled = [entry for entry in state["settled"] if entry not in lost]
    return {"settled": settled, "queue": sorted(queue, key=lambda operation: int(operation["n"]))}


class Device:
    """One person's store on one device and all it says to the server. One request at a time, so that M13 is kept."""

    def __init__(self, store: Path, address: str, account: tuple[str, str, str]) -> None:
        self._store, self._address = store, address
        self._account = dict(zip(("organisation", "username", "password"), account, strict=True))
        self._clock_behind = 0  # ms to the server's clock, once it has complained
        self._operations = 500  # of a push; halved by 413
        self._below = float("inf")  # M26: only whole groups below this number are pushed
        self._token_refused = False
        self.max_bytes = 1_048_576
        self.problem: Refused | None = None
        self.state: Json = json.loads(store.read_bytes()) if store.exists() else {}
        if not self.state:
            secret = ec.generate_private_key(ec.SECP256R1()).private_numbers().private_value
            self._save(
                EMPTY | {"installation": new_id(), "incarnation": 1, "key": secret, "tokens": None, "wiped": None}
            )
        self._key = ec.derive_private_key(self.state["key"], ec.SECP256R1())
        public = self._key.public_key().public_numbers()
        self._jwk = {"kty": "EC", "crv": "P-256", "x": b64url(public.x), "y": b64url(public.y)}

    def _save(self, changed: Json) -> None:
        """The only way the store changes, all of it at once; what is in `state` is replaced, never changed in place."""
        beside, state = self._store.with_suffix(".new"), self.state | changed
        beside.write_bytes(compact(state, ascii_only=True))
        beside.replace(self._store)
        self.state = state

    def shown(self, collection: str) -> dict[str, Json]:
        """Rows by id: the adopted with the own operations on top (M12, M23). A named action shows nothing here."""
        adopted = self.state["adopted"]["rows"].items()
        rows = {row["values"]["id"]: row["values"] for key, row in adopted if key.startswith(f"{collection} ")}
        own = [(entry["operation"], entry["row"]) for entry in self.state["settled"]]
        hidden: dict[str, Json] = {}
        for operation, kept in own + [(operation, {}) for operation in self.state["queue"]]:
            row, action = operation["row"], operation["action"]
            if operation["collection"] == collection and action == "restore" and row in hidden:
                rows[row] = hidden.pop(row)
            if operation["collection"] == collection and (action == "create" or row in rows):
                values = operation["values"] if action in ("create", "update") else {}
                rows[row] = {**rows.get(row, {"id": row}), **values, **kept}
                if action == "delete":
                    hidden[row] = rows.pop(row)
        return rows

    def act(self, *intents: Intent) -> None:
        """Queue one local transaction as one group (M6, M7). ValueError if it could never be sent in one piece (M31)."""
        operations, group, adopted = [], self.state["group"], self.state["adopted"]["rows"]
        for n, (collection, action, row, values) in enumerate(intents, self.state["n"]):
            base = adopted.get(f"{collection} {row}", {"values": {"version": 0}})["values"]["version"]  # M10
            operation = {"n": n, "group": group, "collection": collection, "action": action, "row": row, "base": base}
            operations.append(operation | {"values": copy.deepcopy(values), "made_at": now()})
        sizes = [len(compact(operation, ascii_only=True)) for operation in operations]
        if len(sizes) > 500 or max(sizes) > 65_536 or sum(sizes) > 1_000_000 or not compact(operations):
            raise ValueError(intents)
        n = self.state["n"] + len(operations)
        self._save({"queue": self.state["queue"] + operations, "n": n, "group": group + 1})

    def sync(self, rounds: int = 100) -> Outcome:
        """Exchange until there is nothing more to send or read."""
        outcome: Outcome = "again"
        while outcome == "again" and rounds:
            outcome, rounds = self.exchange(), rounds - 1
        return "later" if outcome == "again" else outcome

    def exchange(self) -> Outcome:
        """One request with what fits of the queue, and all that follows from its answer or from there being none."""
        push: list[Json] = []
        self.problem = None
        try:
            if self.state["wiped"] is not None:
                return self._hand_in()
            token, push = self._token(), self._push_part()
            if self.state["queue"] and not push:
                return self._begin_again()
            pull = {"cursor": (self.state["aside"] or self.state["adopted"])["cursor"], "max_bytes": self.max_bytes}
            body = {"protocol": 1, "schema": 1, "enrolment": self.state["enrolment"], "sent_at": now(), "pull": pull}
            body |= {"push": {"operations": push}} if push else {}
            return self._take(self._call("POST", "/exchange", body, token), push)
        except Refused as refused:
            self.problem = refused
            status, code, params = refused.args
            return self._follow(status, code, params, push)
        except NOT_OF_THIS_SHAPE:
            return "later"

    def _push_part(self) -> list[Json]:
        """Whole groups from the front up to the bounds, at least one (M8); none where M26 leaves nothing to be sent."""
        push: list[Json] = []
        for _, group in itertools.groupby(self.state["queue"], lambda operation: operation["group"]):
            more = push + list(group)
            large = len(more) > self._operations or len(compact(more)) > 1_000_000
            if (push and large) or more[-1]["n"] >= self._below:
                break
            push = more
        return push

    def _take(self, answer: Json, push: list[Json]) -> Outcome:
        """Verdicts, then rows, in one write or not at all (M2, M9, M11, M16)."""
        state, pull, head = dict(self.state), answer.get("pull"), answer["head"]
        verdicts = answer["push"]["verdicts"] if push else []
        expired = (answer["notice"] or {}).get("code") == "sync.upgrade-required"
        known = state["aside"] or state["adopted"]
        epoch = ((pull or state["adopted"])["cursor"] or {"epoch": None})["epoch"]
        late = bool(pull and goes_back(known, pull, head))
        numbered = [one["n"] for one in verdicts] == [one["n"] for one in push]
        if not numbered or {one["verdict"] for one in verdicts} - VERDICTS or not (pull or expired):
            raise ValueError(answer)
        self._token_refused, self._below = False, float("inf")
        decided = list(itertools.takewhile(lambda verdict: verdict["verdict"] != "retry", verdicts))
        state["queue"] = state["queue"][len(decided) :]
        for operation, verdict in zip(push, decided, strict=False):
            entry = {"operation": operation, "enrolment": state["enrolment"], "epoch": epoch}
            if verdict["verdict"] in ("rejected", "skipped"):
                state["to_mend"] = [*state["to_mend"], entry | {"code": verdict["code"], "params": verdict["params"]}]
            elif verdict["visible_at"] is not None:
                entry |= {"visible_at": verdict["visible_at"], "row": verdict.get("row", {})}
                state["settled"] = [*state["settled"], entry]
        if pull and not late:
            rows = fold({} if pull["reset"] else known["rows"], *(pull[part] for part in PARTS))
            state["aside"] = {"cursor": pull["cursor"], "head": head, "rows": rows}  # M15, M19
        if pull and pull["complete"] and not late:
            state |= {"adopted": state["aside"], "aside": None}
            state |= again(state, [entry for entry in state["settled"] if entry["epoch"] != epoch])
            state["settled"] = [entry for entry in state["settled"] if entry["visible_at"] > head]
        self._save(state)
        if late or len(decided) < len(push):
            return "later"
        return "again" if state["queue"] or state["aside"] else "upgrade" if expired else "done"  # M30

    def _follow(self, status: int, code: str, params: Json, push: list[Json]) -> Outcome:
        """Section 12 of the page."""
        state, expected, wrong_password = self.state, params.get("expected"), code == "accounts.sign-in-refused"
        if code == "accounts.device-revoked" and state["tokens"]:
            return self._hand_in()
        if (status == 401 and not wrong_password) or code == "sync.wrong-enrolment":
            first, self._token_refused = not self._token_refused, True
            self._clock_behind = params.get("server_time", now() + self._clock_behind) - now()
            self._save({"tokens": self._spent(over=status != 401)})
            return "again" if first else "later"
        if code == "sync.gap" and expected != push[0]["n"]:
            here = [entry for entry in state["settled"] if entry["enrolment"] == state["enrolment"]]
            self._save(again(state, [entry for entry in here if entry["operation"]["n"] >= expected]))
            return "again" if self.state["queue"][0]["n"] <= expected else self._begin_again()
        if code == "sync.reused-n":
            self._below = params["n"]
            return "again"
        if status == 413 and len({operation["group"] for operation in push}) > 1:
            self._operations = max(1, min(self._operations, len(push)) // 2)
            return "again"
        if code == "sync.unknown-protocol":
            return "upgrade"
        passing = not code or status in (0, 408, 425, 429) or status >= 500
        return "later" if passing else "blocked"

    def _begin_again(self) -> Outcome:
        """A new incarnation: the next exchange signs in as it and numbers the queue from 1 (M25, M26)."""
        self._save({"incarnation": self.state["incarnation"] + 1, "tokens": self._spent(over=True)})
        return "again"

    def _spent(self, *, over: bool) -> Json:
        """To be refreshed next, or signed in anew if over. It stays: it opens the doors of a revoked device."""
        return self.state["tokens"] and {**self.state["tokens"], "good_until": 0, "over": over}

    def _token(self) -> str:
        """An access token good for another minute (M4): the one at hand, a refreshed one, or a new session's."""
        tokens = self.state["tokens"] or {"over": True}
        if not tokens["over"] and now() > tokens["good_until"] - 60_000:
            try:
                self.refresh()
            except Refused as refused:
                if refused.args[1] != "accounts.session-ended":
                    raise
                tokens = {"over": True}
        if tokens["over"]:
            self.sign_in()
        return str(self.state["tokens"]["access_token"])

    def refresh(self) -> None:
        token = self.state["tokens"]["refresh_token"]
        self._keep(self._call("POST", "/session/refresh", {"refresh_token": token}, proves=token), {})

    def sign_in(self) -> None:
        """A session, and with it the enrolment. Under a new one the queue and its groups are numbered from 1."""
        device = {"name": "stranger", "platform": "python", "app_version": "1", "schema": 1, "key": self._jwk}
        device |= {key: self.state[key] for key in ("installation", "incarnation")}
        answer = self._call("POST", "/session", self._account | {"device": device}, proves="")
        new: Json = {}
        if answer["enrolment"] != self.state["enrolment"]:
            groups = {group: at for at, group in enumerate(dict.fromkeys(o["group"] for o in self.state["queue"]), 1)}
            queue = [o | {"n": n, "group": groups[o["group"]]} for n, o in enumerate(self.state["queue"], 1)]
            new = {"enrolment": answer["enrolment"], "queue": queue, "n": len(queue) + 1, "group": len(groups) + 1}
            self._below = float("inf")
        self._keep(answer, new)

    def _keep(self, answer: Json, new: Json) -> None:
        tokens = {name: answer[name] for name in ("access_token", "refresh_token")}
        self._clock_behind = answer["server_time"] - now()
        self._save(new | {"tokens": tokens | {"good_until": now() + 1000 * answer["expires_in"], "over": False}})

    def _proof(self, method: str, path: str, token: str) -> str:
        at = (now() + self._clock_behind) // 1000
        claims = {"jti": new_id(), "htm": method, "htu": self._address + path, "iat": at}
        claims |= {"rth": b64url(hashlib.sha256(token.encode()).digest())} if token else {}
        parts = ({"typ": "dpop+jwt", "alg": "ES256", "jwk": self._jwk}, claims)
        signed = ".".join(b64url(compact(part)) for part in parts)
        both = utils.decode_dss_signature(self._key.sign(signed.encode(), ec.ECDSA(hashes.SHA256())))
        return f"{signed}.{b64url(b''.join(number.to_bytes(32) for number in both))}"

    def _send(self, method: str, path: str, headers: dict[str, str], body: bytes) -> tuple[int, bytes]:
        """Status and content of one answer; OSError or HTTPException when none came."""
        kind = http.client.HTTPSConnection if self._address.startswith("https:") else http.client.HTTPConnection
        with contextlib.closing(kind(self._address.split("//")[1], timeout=40)) as line:
            line.request(method, path, body, headers)
            answer = line.getresponse()
            return answer.status, answer.read()

    def _call(
        self, method: str, path: str, body: Json | None = None, bearer: str = "", proves: str | None = None
    ) -> Json:
        """The answer's JSON. `proves`: with a proof, carrying the hash of that refresh token unless it is empty."""
        path = "/mobile/v1" + path
        headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {bearer}"} if bearer else {})
        headers |= {} if proves is None else {"DPoP": self._proof(method, path, proves)}
        try:
            status, content = self._send(method, path, headers, compact(body) if body else b"")
            answer = json.loads(content or b"{}")
        except (OSError, ValueError, http.client.HTTPException):
            raise Refused(0, "", {}) from None
        if not 200 <= status < 300 or not isinstance(answer, dict):
            problem = answer if isinstance(answer, dict) else {}
            raise Refused(status, problem.get("code", ""), problem.get("params", {}))
        return answer

    def _hand_in(self) -> Outcome:
        """What is left to a revoked device: to hand in its queue and, told to, to empty itself and say so last."""
        queue, token = self.state["queue"], self.state["tokens"]["refresh_token"]
        try:
            if self.state["wiped"] is None:
                wipe = self._call("GET", "/device/wipe", None, token, token)["wipe"]
                for part in (queue[at : at + 500] for at in range(0, len(queue), 500)):
                    same = str(uuid.uuid5(uuid.UUID(self.state["enrolment"]), compact(part).decode()))
                    upload = {"id": same, "enrolment": self.state["enrolment"], "operations": part}
                    self._call("POST", "/device/quarantine", upload, token, token)
                if not wipe:
                    return "blocked"
                self._save(EMPTY | {"wiped": len(queue)})
            self._call("POST", "/device/wipe", {"queued": self.state["wiped"]}, token, token)
        except Refused as refused:
            if self.state["wiped"] is None or refused.args[0] != 403:  # 403: it was said, and the answer lost
                self.problem = refused
                return "later"
        self._store.unlink()
        return "wiped"

    def compare(self) -> list[str]:
        """The buckets that differ from the server's; the next exchanges read them again (M20, M29)."""
        adopted, answer = self.state["adopted"], self._call("GET", "/digest", None, self._token())
        if answer["head"] != adopted["head"] or self.state["aside"]:
            return []
        sums: dict[str, list[int]] = {name: [] for name in answer["buckets"]}
        for key, row in adopted["rows"].items():
            text = f"{key} {row['values']['version']}".replace(" ", "\0")
            for bucket in row["buckets"]:
                sums.setdefault(bucket, []).append(int.from_bytes(hashlib.sha256(text.encode()).digest()[:16]))
        mine = {name: {"rows": len(own), "digest": f"{sum(own) % 2**128:032x}"} for name, own in sums.items()}
        differing = sorted(name for name in mine if mine[name] != answer["buckets"].get(name))
        if differing:
            cursor = copy.deepcopy(adopted["cursor"])
            cursor["buckets"] = {name: seq for name, seq in cursor["buckets"].items() if name not in differing}
            self._save({"aside": adopted | {"cursor": cursor, "rows": fold(adopted["rows"], differing, [], [], [])}})
        return differing

    def wait(self) -> bool:
        """Whether there is something to exchange for; asks for up to 25 s (M28)."""
        head = self.state["adopted"]["head"]
        return bool(self._call("GET", f"/wait?head={head}", None, self._token())["head"] != head)
