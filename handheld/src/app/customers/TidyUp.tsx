import Button from "../parts/Button";
import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Note, Row } from "../parts/Block";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { useMay } from "../rights/useRights";
import type { Customer } from "./directory";
import { KeptNames } from "./KeptNames";
import { deleteTogether, keptHere, restoreTogether, sayBack } from "./together";

/** Merging and deleting, for whoever may. Last on the page: neither is daily work. */
export function TidyUp({ customer }: { readonly customer: Customer }) {
  const mayMerge = useMay("customers.merge");
  const mayDelete = useMay("customers.delete");
  const [asking, setAsking] = useState(false);
  if (!mayMerge && !mayDelete) return null;
  return (
    <Block title={i18n._("Tidy up")}>
      {mayMerge && <Row title={i18n._("Merge with another customer")} to={`/customers/${customer.id}/merge`} />}
      {mayDelete && (
        <Row
          title={i18n._("Delete this customer")}
          onTap={() => {
            setAsking(true);
          }}
        />
      )}
      {asking && (
        <DeleteSheet
          customer={customer}
          onClose={() => {
            setAsking(false);
          }}
        />
      )}
    </Block>
  );
}

function DeleteSheet({ customer, onClose }: { readonly customer: Customer; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [, navigate] = useLocation();
  const kept = keptHere([customer]);
  const undo = async () => {
    say(sayBack(customer.name, await restoreTogether(workspace, [customer.id])));
  };
  const remove = async () => {
    await deleteTogether(workspace, [customer.id]);
    navigate("/customers");
    say(i18n._("{name} deleted.", { name: customer.name }), () => void undo());
  };
  return (
    <Sheet
      title={i18n._("Delete {name}?", { name: customer.name })}
      onClose={onClose}
      foot={
        <Button color="danger" size="large" disabled={kept.length > 0} onClick={() => void remove()}>
          {i18n._("Delete")}
        </Button>
      }
    >
      <p>{i18n._("Notes, phones, visits and tasks go along. For thirty days all of it can be restored.")}</p>
      {kept.length > 0 && (
        <Note tone="bad">
          <p>{i18n._("Not to be deleted:")}</p>
          <KeptNames kept={kept} />
        </Note>
      )}
    </Sheet>
  );
}
