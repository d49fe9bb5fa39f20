import Button from "../parts/Button";
import { useState } from "react";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Note } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { LineField, TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { useToday } from "../words/now";
import { sayProblem } from "../words/problems";
import { CallButton } from "./CallButton";
import { ChangePhones } from "./ChangePhones";
import css from "./customers.module.css";
import type { Contact, Phone } from "./directory";
import { Twins } from "./Twins";

interface ContactsProps {
  readonly customer: string;
  readonly phones: readonly Phone[];
  /** Somebody was called: what it came to is asked. */
  readonly onCalled: () => void;
}

/** The people of a customer: whom one asks for first at the top, who has left at the end. */
export function Contacts({ customer, phones, onCalled }: ContactsProps) {
  const contacts = useLive((read) => read.where("customer_contacts", "customer_id", customer), [customer]);
  const [editing, setEditing] = useState<Contact | "new" | null>(null);
  if (!contacts) return null;
  const place = (each: Contact) => (hasLeft(each) ? 2 : (each.is_primary ?? false) ? 0 : 1);
  const sorted = [...contacts].sort((one, other) => place(one) - place(other));
  return (
    <Block
      title={i18n._("Contacts")}
      right={
        <Button fill="none" color="primary" onClick={() => {
          setEditing("new");
        }}>
          {i18n._("Add")}
        </Button>
      }
    >
      {sorted.length === 0 && <p>{i18n._("Nobody yet. Add whom you talk to here, with phone and mail.")}</p>}
      <ul className={css.people}>
        {sorted.map((contact) => (
          <li key={contact.id} className={css.person}>
            <button type="button" className={css.personHead} onClick={() => {
              setEditing(contact);
            }}>
              <span className={css.words}>
                <span className={css.name}>{contact.name}</span>
                {(contact.title || contact.note) && <span className={css.sub}>{[contact.title, contact.note].filter(Boolean).join(" · ")}</span>}
              </span>
              {contact.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
              {hasLeft(contact) ? <Tag>{i18n._("Has left")}</Tag> : contact.is_primary && <Tag tone="brand">{i18n._("Primary")}</Tag>}
            </button>
            <CallButton phones={phones.filter((each) => each.contact_id === contact.id)} onCalled={onCalled} />
            <ChangePhones of={contact.id} phones={phones.filter((each) => each.contact_id === contact.id)} />
            {contact.mail && <a className={css.mail} href={`mailto:${contact.mail}`}>{contact.mail}</a>}
          </li>
        ))}
      </ul>
      {editing !== null && (
        <EditContact
          customer={customer}
          contact={editing === "new" ? null : editing}
          primary={contacts.find((each) => (each.is_primary ?? false) && !hasLeft(each)) ?? null}
          onClose={() => {
            setEditing(null);
          }}
        />
      )}
    </Block>
  );
}

const hasLeft = (contact: Contact): boolean => (contact.left_on ?? null) !== null;

interface Form {
  readonly name: string;
  readonly title: string;
  readonly phone: string;
  readonly mail: string;
  readonly note: string;
  readonly standing: "primary" | "other" | "left";
}

interface Props {
  readonly customer: string;
  readonly contact: Contact | null;
  /** Who is asked for first until now. */
  readonly primary: Contact | null;
  readonly onClose: () => void;
}

function EditContact({ customer, contact, primary, onClose }: Props) {
  const workspace = useWorkspace();
  const say = useSnack();
  const today = useToday();
  const before = formOf(contact);
  const name = `contact:${contact?.id ?? customer}`;
  const draft = useDraft(name, before);
  const [refused, setRefused] = useState<string | null>(null);
  const form = draft.value ?? before;
  const set: typeof draft.set = (change) => {
    setRefused(null);
    draft.set(change);
  };
  const save = async () => {
    try {
      await workspace.act(
        (group) => {
          const fields = fieldsOf(before, form, today);
          const id = contact?.id ?? group.create("customer_contacts", { customer_id: customer, ...fields, name: form.name.trim() });
          if (contact && Object.keys(fields).length > 0) group.update("customer_contacts", contact.id, fields);
          if (fields.is_primary && primary && primary.id !== id) group.update("customer_contacts", primary.id, { is_primary: false });
          if (form.phone.trim() !== "") {
            group.create("customer_phones", { customer_id: customer, contact_id: id, number: form.phone.trim() });
          }
        },
        { draft: name },
      );
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setRefused(sayProblem(error.code, error.params));
      return;
    }
    say(i18n._("Contact saved."));
    onClose();
  };
  return (
    <Sheet
      title={contact ? i18n._("Edit the contact") : i18n._("New contact")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => {
          if (/[\p{L}\p{N}]/u.test(form.name)) void save();
          else setRefused(sayProblem("customers.name-required"));
        }}>
          {i18n._("Save")}
        </Button>
      }
    >
      {refused !== null && <Note tone="bad">{refused}</Note>}
      <LineField label={i18n._("Name")} value={form.name} most={120} onChange={(text) => {
        set({ name: text });
      }} />
      <LineField label={i18n._("Position")} value={form.title} most={60} onChange={(title) => {
        set({ title });
      }} />
      <LineField label={contact ? i18n._("Another phone") : i18n._("Phone")} kind="tel" value={form.phone} most={40} onChange={(phone) => {
        set({ phone });
      }} />
      <Twins phone={form.phone} but={customer} />
      <LineField label={i18n._("Mail")} value={form.mail} most={254} onChange={(mail) => {
        set({ mail });
      }} />
      <Chips
        label={i18n._("Role in talks")}
        required
        choices={[
          { value: "primary", text: i18n._("Primary") },
          { value: "other", text: i18n._("One of several") },
          { value: "left", text: i18n._("Has left") },
        ]}
        value={form.standing}
        onChange={(standing) => {
          if (standing) set({ standing });
        }}
      />
      <TextField label={i18n._("Remark")} value={form.note} most={1000} onChange={(note) => {
        set({ note });
      }} />
    </Sheet>
  );
}

function formOf(contact: Contact | null): Form {
  return {
    name: contact?.name ?? "",
    title: contact?.title ?? "",
    phone: "",
    mail: contact?.mail ?? "",
    note: contact?.note ?? "",
    standing: contact && hasLeft(contact) ? "left" : contact?.is_primary ? "primary" : "other",
  };
}

/** Only what was changed, so that a colleague's change of another field stays. */
function fieldsOf(before: Form, form: Form, today: string) {
  const text = (name: "title" | "mail" | "note") =>
    form[name].trim() === before[name] ? {} : { [name]: form[name].trim() === "" ? null : form[name].trim() };
  return {
    ...(form.name.trim() === before.name ? {} : { name: form.name.trim() }),
    ...text("title"),
    ...text("mail"),
    ...text("note"),
    ...(form.standing === before.standing
      ? {}
      : { is_primary: form.standing === "primary", left_on: form.standing === "left" ? today : null }),
  };
}
