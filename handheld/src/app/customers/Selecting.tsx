import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Note } from "../parts/Block";
import Button from "../parts/Button";
import { TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { peopleOf } from "../people/list";
import { PeopleField } from "../people/PeopleField";
import { useMay } from "../rights/useRights";
import css from "./customers.module.css";
import type { Customer } from "./directory";
import { deleteTogether, handOverTogether, restoreTogether, type Kept } from "./together";

/** Names that are read before a deed; the rest is a number. */
const NAMED = 8;
const REASON_MOST = 200;

interface Props {
  readonly customers: readonly Customer[];
  readonly onDone: () => void;
}

/** What can be done with several customers together. All or none, at the office: needs a network. */
export function SelectedFoot({ customers, onDone }: Props) {
  const mayDelete = useMay("customers.delete");
  const mayHandOver = useMay("customers.handover");
  const [asking, setAsking] = useState<"delete" | "hand over" | null>(null);
  const close = () => {
    setAsking(null);
  };
  const none = customers.length === 0;
  return (
    <div className={css.together}>
      <Button size="large" onClick={onDone}>
        {i18n._("Cancel")}
      </Button>
      {mayHandOver && (
        <Button size="large" color="primary" fill="outline" disabled={none} onClick={() => {
          setAsking("hand over");
        }}>
          {i18n._("Hand over ({n})", { n: customers.length })}
        </Button>
      )}
      {mayDelete && (
        <Button size="large" color="danger" disabled={none} onClick={() => {
          setAsking("delete");
        }}>
          {i18n._("Delete ({n})", { n: customers.length })}
        </Button>
      )}
      {asking === "delete" && <DeleteSheet customers={customers} onClose={close} onDone={onDone} />}
      {asking === "hand over" && <HandOverSheet customers={customers} onClose={close} onDone={onDone} />}
    </div>
  );
}

function Names({ customers }: { readonly customers: readonly Customer[] }) {
  const named = customers.slice(0, NAMED).map((each) => each.name);
  const rest = customers.length - named.length;
  const all = named.join(i18n.locale === "en" ? ", " : "、");
  return <p>{rest === 0 ? all : i18n._("{names} and {rest, plural, one {# more} other {# more}}", { names: all, rest })}</p>;
}

function DeleteSheet({ customers, onClose, onDone }: Props & { readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [why, setWhy] = useState<string | null>(null);
  const [kept, setKept] = useState<readonly Kept[]>([]);
  const [busy, setBusy] = useState(false);
  const ids = customers.map((each) => each.id);
  const n = customers.length;
  const undo = async () => {
    const refused = await restoreTogether(workspace, ids);
    say(refused ?? i18n._("{n, plural, one {# customer is back.} other {# customers are back.}}", { n }));
  };
  const remove = async () => {
    setBusy(true);
    const told = await deleteTogether(workspace, ids);
    setBusy(false);
    if (told !== null) {
      setWhy(told.why);
      setKept(told.kept);
      return;
    }
    onDone();
    say(i18n._("{n, plural, one {# customer deleted.} other {# customers deleted.}}", { n }), () => void undo());
  };
  return (
    <Sheet
      title={i18n._("{n, plural, one {Delete # customer?} other {Delete # customers?}}", { n })}
      onClose={onClose}
      foot={
        <>
          <Button size="large" onClick={onClose}>
            {i18n._("Cancel")}
          </Button>
          <Button color="danger" size="large" loading={busy} onClick={() => void remove()}>
            {i18n._("Delete")}
          </Button>
        </>
      }
    >
      <Names customers={customers} />
      <p>{i18n._("Notes, phones, visits and tasks go along. For thirty days all of it can be restored.")}</p>
      {why !== null && (
        <Note tone="bad">
          <p>{why}</p>
          {kept.length > 0 && (
            <ul>
              {kept.map((each) => (
                <li key={each.id}>{i18n._("{name}: {why}", { name: each.name, why: each.why })}</li>
              ))}
            </ul>
          )}
          <p>{i18n._("Nobody was deleted.")}</p>
        </Note>
      )}
    </Sheet>
  );
}

function HandOverSheet({ customers, onClose, onDone }: Props & { readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [to, setTo] = useState<string | null>(null);
  const [reason, setReason] = useState("");
  const [why, setWhy] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const n = customers.length;
  const give = async () => {
    if (to === null || reason.trim() === "") {
      setWhy(to === null ? i18n._("Say to whom they go.") : i18n._("Say why: it is kept."));
      return;
    }
    setBusy(true);
    const refused = await handOverTogether(workspace, customers.map((each) => each.id), to, reason.trim());
    setBusy(false);
    setWhy(refused);
    if (refused !== null) return;
    onDone();
    say(i18n._("{n, plural, one {# customer handed over.} other {# customers handed over.}}", { n }));
  };
  return (
    <Sheet
      title={i18n._("{n, plural, one {Hand over # customer} other {Hand over # customers}}", { n })}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" loading={busy} onClick={() => void give()}>
          {i18n._("Hand over")}
        </Button>
      }
    >
      <Names customers={customers} />
      <PeopleField
        label={i18n._("To whom")}
        value={to}
        onChange={(chosen) => {
          setWhy(null);
          setTo(peopleOf(chosen).find((each) => each !== to) ?? null);
        }}
      />
      <TextField label={i18n._("Why")} value={reason} most={REASON_MOST} onChange={setReason} />
      {why !== null && <Note tone="bad">{why}</Note>}
    </Sheet>
  );
}
