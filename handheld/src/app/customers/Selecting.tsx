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
import { KeptNames } from "./KeptNames";
import { deleteTogether, goingBack, goingTo, handOverTogether, keptHere, restoreTogether } from "./together";

/** Names that are read before a deed; the rest is a number. */
const NAMED = 8;
const REASON_MOST = 200;

interface Props {
  readonly customers: readonly Customer[];
  readonly onDone: () => void;
}

/** What can be done with several customers together, all or none. */
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
  const ids = customers.map((each) => each.id);
  const n = customers.length;
  const kept = keptHere(customers);
  const undo = async () => {
    const isBack = await restoreTogether(workspace, ids);
    say(
      isBack
        ? i18n._("{n, plural, one {# customer is back.} other {# customers are back.}}", { n })
        : i18n._("{n, plural, one {# customer is} other {# customers are}} back on this device when the office has answered.", { n }),
    );
  };
  const remove = async () => {
    await deleteTogether(workspace, ids);
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
          <Button color="danger" size="large" disabled={kept.length > 0} onClick={() => void remove()}>
            {i18n._("Delete")}
          </Button>
        </>
      }
    >
      <Names customers={customers} />
      <p>{i18n._("Notes, phones, visits and tasks go along. For thirty days all of it can be restored.")}</p>
      {kept.length > 0 && (
        <Note tone="bad">
          <p>{i18n._("These customers are protected. Leave them out to delete the others.")}</p>
          <KeptNames kept={kept} />
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
  const n = customers.length;
  const give = async () => {
    if (to === null || reason.trim() === "") {
      setWhy(to === null ? i18n._("Say to whom they go.") : i18n._("Say why: it is kept."));
      return;
    }
    const going = goingTo(customers, to);
    await handOverTogether(workspace, going, reason.trim());
    onDone();
    say(i18n._("{n, plural, one {# customer handed over.} other {# customers handed over.}}", { n }), () => {
      void handOverTogether(workspace, goingBack(going), i18n._("Taken back at once"));
    });
  };
  return (
    <Sheet
      title={i18n._("{n, plural, one {Hand over # customer} other {Hand over # customers}}", { n })}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void give()}>
          {i18n._("Hand over")}
        </Button>
      }
    >
      <Names customers={customers} />
      <PeopleField
        labelled
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
