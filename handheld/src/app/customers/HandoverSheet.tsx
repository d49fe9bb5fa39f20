import Button from "../parts/Button";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Fact, Facts, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { lossReasons } from "../opportunities/words";
import { sayChoice, sayGrade, stages } from "../words/choices";
import { useNow, useToday } from "../words/now";
import { sayPhone } from "../words/phones";
import { sayDate, sayDay } from "../words/times";
import type { Contact, Customer, Phone } from "./directory";
import { impressionsOf, openOf, type Impression, type Open } from "./handover";

/** One page for whoever takes a customer over: who he is, what colleagues thought of him, what is open. For staff only. */
export function HandoverSheet({ named }: { readonly named: Named }) {
  const id = named.id ?? "";
  const zone = useWorkspace().person.organisation.timezone;
  const now = useNow();
  const found = useLive(
    async (read) => ({
      customer: await read.get("customers", id),
      phones: await read.where("customer_phones", "customer_id", id),
      contacts: await read.where("customer_contacts", "customer_id", id),
      receptions: await read.where("receptions", "customer_id", id),
      visits: await read.where("visits", "customer_id", id),
      followUps: await read.where("follow_ups", "customer_id", id),
      tasks: await read.where("tasks", "customer_id", id),
      opportunities: await read.where("opportunities", "customer_id", id),
    }),
    [id],
  );
  const back = `/customers/${id}`;
  if (!found?.customer) {
    return (
      <Screen title={i18n._("Handover sheet")} back={back}>
        {found && (
          <Block>
            <Empty title={i18n._("This customer is not on this device")}>{i18n._("A colleague may look after this customer by now.")}</Empty>
          </Block>
        )}
      </Screen>
    );
  }
  return (
    <Screen
      title={i18n._("Handover sheet: {name}", { name: found.customer.name })}
      back={back}
      isText
      foot={
        <Button size="large" block onClick={() => {
          window.print();
        }}>
          {i18n._("Print")}
        </Button>
      }
    >
      <Who customer={found.customer} phones={found.phones} />
      <People contacts={found.contacts} phones={found.phones} />
      <Impressions noted={impressionsOf(found.receptions, found.visits, zone, now)} />
      <StillOpen open={openOf(found, zone, now)} />
    </Screen>
  );
}

function Who({ customer, phones }: { readonly customer: Customer; readonly phones: readonly Phone[] }) {
  const today = useToday();
  const own = phones.filter((each) => (each.contact_id ?? null) === null);
  return (
    <Block title={i18n._("Who it is")}>
      <Facts>
        <Fact name={i18n._("Stage")}>{sayChoice(stages(), (customer.stage as Customer["stage"] | undefined) ?? "prospect")}</Fact>
        {customer.stage === "lost" && customer.lost_reason && (
          <Fact name={i18n._("Why he was lost")}>{sayChoice(lossReasons(), customer.lost_reason)}</Fact>
        )}
        {customer.grade && <Fact name={i18n._("Grade")}>{sayGrade(customer.grade)}</Fact>}
        {own.length > 0 && <Fact name={i18n._("Phone")}>{own.map((each) => sayPhone(each.number)).join(i18n._(", "))}</Fact>}
        {customer.expected_close_on && <Fact name={i18n._("Expected closing day")}>{sayDate(customer.expected_close_on, today)}</Fact>}
        {customer.needs && <Fact name={i18n._("Needs")}>{customer.needs}</Fact>}
        {customer.wishes && <Fact name={i18n._("Special needs")}>{customer.wishes}</Fact>}
        {customer.hobbies && <Fact name={i18n._("Hobbies")}>{customer.hobbies}</Fact>}
        {customer.address && <Fact name={i18n._("Address")}>{customer.address}</Fact>}
        {customer.remark && <Fact name={i18n._("Remark")}>{customer.remark}</Fact>}
        {customer.first_contact_on && <Fact name={i18n._("First contact")}>{sayDate(customer.first_contact_on, today)}</Fact>}
      </Facts>
    </Block>
  );
}

function People({ contacts, phones }: { readonly contacts: readonly Contact[]; readonly phones: readonly Phone[] }) {
  if (contacts.length === 0) return null;
  return (
    <Block title={i18n._("Contacts")}>
      {contacts.map((each) => (
        <Row
          key={each.id}
          title={[each.name, each.title].filter(Boolean).join(" · ")}
          sub={[...phones.filter((phone) => phone.contact_id === each.id).map((phone) => sayPhone(phone.number)), each.mail, each.note].filter(Boolean).join(" · ")}
        />
      ))}
    </Block>
  );
}

function Impressions({ noted }: { readonly noted: readonly Impression[] }) {
  const nameFor = useNames();
  const today = useToday();
  return (
    <Block title={i18n._("Impressions")}>
      {noted.length === 0 && <p>{i18n._("Nobody has noted one yet. It can be said with each visit and each reception.")}</p>}
      {noted.map((each) => (
        <Row key={each.id} title={each.text} sub={[sayDay(each.day, today), each.by === null ? i18n._("You") : nameFor(each.by)].join(" · ")} />
      ))}
    </Block>
  );
}

function StillOpen({ open }: { readonly open: readonly Open[] }) {
  const nameFor = useNames();
  const today = useToday();
  const kinds: Record<Open["kind"], string> = {
    opportunity: i18n._("Opportunity"),
    visit: i18n._("Visit"),
    follow_up: i18n._("Follow-up"),
    task: i18n._("Task"),
  };
  return (
    <Block title={i18n._("Still open")}>
      {open.length === 0 && <p>{i18n._("Nothing is open.")}</p>}
      {open.map((each) => (
        <Row
          key={each.id}
          {...(each.to === null ? {} : { to: each.to })}
          title={each.text === "" ? kinds[each.kind] : `${kinds[each.kind]}: ${each.text}`}
          sub={[sayDay(each.day, today), each.by === null ? i18n._("You") : nameFor(each.by)].join(" · ")}
        />
      ))}
    </Block>
  );
}
