import Button from "../parts/Button";
import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Fact, Facts, Note, Row } from "../parts/Block";
import { CustomerOpportunities } from "../opportunities/CustomerOpportunities";
import { Chips } from "../parts/Chips";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import type { Named } from "../shell/routes";
import { lossReasons } from "../opportunities/words";
import { categories, GRADES, industries, kinds, sayChoice, sayGrade, sources, stages } from "../words/choices";
import { sayIdNumber } from "../words/id_numbers";
import { sayMoney } from "../words/money";
import { useToday } from "../words/now";
import { sayDate } from "../words/times";
import { Attachments } from "../attachments/Attachments";
import { ConflictOf } from "../conflicts/ConflictOf";
import { Receptions } from "../receptions/Receptions";
import { CustomerActivities } from "../activities/CustomerActivities";
import { Axes, whyGrade } from "./Axes";
import { CallButton } from "./CallButton";
import { ChangePhones } from "./ChangePhones";
import { Contacts } from "./Contacts";
import type { Customer, Phone } from "./directory";
import { EditCustomer } from "./EditCustomer";
import { History } from "./History";
import { IdNumber } from "./IdNumber";
import { Notes } from "./Notes";
import { CustomerFollowUps, CustomerVisits } from "./Doings";
import { Asking } from "../questions/Asking";
import { TidyUp } from "./TidyUp";
import { Timeline } from "./Timeline";

/** Everything about one customer, what matters for the next contact first. */
export function CustomerScreen({ named }: { readonly named: Named }) {
  const id = named.id ?? "";
  const [, navigate] = useLocation();
  const [logging, setLogging] = useState(false);
  const found = useLive(
    async (read) => ({
      customer: await read.get("customers", id),
      phones: await read.where("customer_phones", "customer_id", id),
    }),
    [id],
  );
  if (!found) return <Screen title={i18n._("Customer")} back="/customers">{null}</Screen>;
  const { customer, phones } = found;
  if (!customer) {
    return (
      <Screen title={i18n._("Customer")} back="/customers">
        <Block>
          <Empty title={i18n._("This customer is not on this device")}>
            {i18n._("A colleague may look after this customer by now.")}
          </Empty>
        </Block>
      </Screen>
    );
  }
  return (
    <Screen
      title={customer.name}
      back="/customers"
      foot={
        <Button
          color="primary"
          size="large"
          block
          onClick={() => {
            navigate(`/visits/new/${id}`);
          }}
        >
          {i18n._("Visit this customer")}
        </Button>
      }
    >
      {customer.unsent && <Note tone="warn">{i18n._("Kept on this device, not sent yet.")}</Note>}
      <ConflictOf customer={id} />
      <Card
        customer={customer}
        phones={phones}
        onCalled={() => {
          setLogging(true);
        }}
      />
      <CustomerOpportunities customer={id} />
      <Contacts
        customer={id}
        phones={phones}
        onCalled={() => {
          setLogging(true);
        }}
      />
      <Receptions customer={id} />
      <CustomerFollowUps customer={id} />
      <CustomerActivities customer={id} logging={logging} onLogging={setLogging} />
      <CustomerVisits customer={id} />
      <Asking customer={id} />
      <Attachments customer={id} />
      <Notes customer={id} />
      <Timeline customer={id} />
      <History customer={id} />
      <Block>
        <Row title={i18n._("Handover sheet")} sub={i18n._("For whoever takes over: impressions, and what is open")} to={`/customers/${id}/handover`} />
      </Block>
      <TidyUp customer={customer} />
    </Screen>
  );
}

function Card({ customer, phones, onCalled }: { readonly customer: Customer; readonly phones: readonly Phone[]; readonly onCalled: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const today = useToday();
  const [editing, setEditing] = useState(false);
  const setGrade = async (grade: Customer["grade"]) => {
    const before = customer.grade ?? null;
    const put = (to: Customer["grade"]) =>
      workspace.act((group) => {
        group.update("customers", customer.id, { grade: to });
      });
    await put(grade);
    say(grade === null ? i18n._("Grade taken away.") : i18n._("Grade {grade} kept.", { grade }), () => void put(before));
  };
  const own = phones.filter((each) => (each.contact_id ?? null) === null);
  const stage = (customer.stage as Customer["stage"] | undefined) ?? "prospect";
  const kind = (customer.kind as Customer["kind"] | undefined) ?? "person";
  return (
    <Block
      title={i18n._("Card")}
      right={
        <Button
          fill="none"
          color="primary"
          onClick={() => {
            setEditing(true);
          }}
        >
          {i18n._("Edit")}
        </Button>
      }
    >
      <Axes customer={customer} today={today} />
      <CallButton phones={own} onCalled={onCalled} />
      <ChangePhones of={customer.id} phones={own} />
      <Chips
        label={i18n._("Grade")}
        choices={GRADES}
        value={customer.grade ?? null}
        hint={[customer.grade && sayGrade(customer.grade), whyGrade(customer, today)].filter(Boolean).join(". ") || undefined}
        onChange={(grade) => void setGrade(grade)}
      />
      <Facts>
        <Fact name={i18n._("Stage")}>{sayChoice(stages(), stage)}</Fact>
        {stage === "lost" && customer.lost_reason && <Fact name={i18n._("Why he was lost")}>{sayChoice(lossReasons(), customer.lost_reason)}</Fact>}
        <Fact name={i18n._("Kind")}>{sayChoice(kinds(), kind)}</Fact>
        {customer.source && <Fact name={i18n._("Source")}>{sayChoice(sources(), customer.source)}</Fact>}
        {customer.expected_close_on && <Fact name={i18n._("Expected closing day")}>{sayDate(customer.expected_close_on, today)}</Fact>}
        {typeof customer.expected_amount_minor === "number" && (
          <Fact name={i18n._("Expected amount")}>{sayMoney(customer.expected_amount_minor, workspace.person.organisation.currency)}</Fact>
        )}
        {customer.industry && <Fact name={i18n._("Industry")}>{sayChoice(industries(), customer.industry)}</Fact>}
        {customer.category && <Fact name={i18n._("Category")}>{sayChoice(categories(), customer.category)}</Fact>}
        {customer.needs && <Fact name={i18n._("Needs")}>{customer.needs}</Fact>}
        {customer.wishes && <Fact name={i18n._("Special needs")}>{customer.wishes}</Fact>}
        {customer.hobbies && <Fact name={i18n._("Hobbies")}>{customer.hobbies}</Fact>}
        {customer.address && <Fact name={i18n._("Address")}>{customer.address}</Fact>}
        {customer.id_number && (
          <Fact name={sayIdNumber(kind)}>
            <IdNumber number={customer.id_number} />
          </Fact>
        )}
        {customer.born_on && <Fact name={i18n._("Birthday")}>{sayDate(customer.born_on, "")}</Fact>}
        {customer.remark && <Fact name={i18n._("Remark")}>{customer.remark}</Fact>}
        {customer.first_contact_on && <Fact name={i18n._("First contact")}>{sayDate(customer.first_contact_on, today)}</Fact>}
      </Facts>
      {editing && (
        <EditCustomer
          customer={customer}
          phones={phones}
          onClose={() => {
            setEditing(false);
          }}
        />
      )}
    </Block>
  );
}
