import Button from "../parts/Button";
import { useState } from "react";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { Block, Note } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LineField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { sayProblem } from "../words/problems";
import type { Phone } from "./directory";
import { phoneChanges, phoneForm, type PhoneForm } from "./phone_form";
import { Twins } from "./Twins";

interface Props {
  readonly of: string;
  readonly phones: readonly Phone[];
  readonly onClose: () => void;
}

/** The numbers of a customer or of a contact: mended, named, or put away as old. of: whose they are. */
export function PhonesSheet({ of, phones, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const name = `phones:${of}`;
  const before = Object.fromEntries(phones.map((each) => [each.id, phoneForm(each)]));
  const draft = useDraft<Readonly<Record<string, PhoneForm>>>(name, before);
  const form = { ...before, ...draft.value };
  const [refused, setRefused] = useState<string | null>(null);
  const put = (from: typeof before, to: typeof before, options?: { draft: string }) =>
    workspace.act((group) => {
      for (const { id } of phones) {
        const changes = phoneChanges(from[id]!, to[id]!);
        if (Object.keys(changes).length > 0) group.update("customer_phones", id, changes);
      }
    }, options);
  const save = async () => {
    try {
      await put(before, form, { draft: name });
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setRefused(sayProblem(error.code, error.params));
      return;
    }
    say(i18n._("Phones saved."), () => void put(form, before));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Phones")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void save()}>
          {i18n._("Save")}
        </Button>
      }
    >
      {refused !== null && <Note tone="bad">{refused}</Note>}
      {phones.map(({ id, customer_id }) => {
        const phone = form[id]!;
        const set = (change: Partial<PhoneForm>) => {
          setRefused(null);
          draft.set({ [id]: { ...phone, ...change } });
        };
        return (
          <Block key={id}>
            <LineField label={i18n._("Phone")} kind="tel" value={phone.number} most={40} onChange={(number) => {
              set({ number });
            }} />
            <Twins phone={phone.number.trim() === before[id]!.number ? "" : phone.number} but={customer_id} />
            <LineField label={i18n._("Label, such as office (optional)")} value={phone.label} most={20} onChange={(label) => {
              set({ label });
            }} />
            <Chips
              label={i18n._("This number")}
              required
              choices={[
                { value: "current", text: i18n._("is in use") },
                { value: "old", text: i18n._("is an old one") },
              ]}
              value={phone.standing}
              onChange={(standing) => {
                if (standing) set({ standing });
              }}
            />
          </Block>
        );
      })}
    </Sheet>
  );
}
