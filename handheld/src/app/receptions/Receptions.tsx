import { useState } from "react";
import type { Shown } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Row } from "../parts/Block";
import Button from "../parts/Button";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { askOn } from "../questions/asked_on";
import { useNames } from "../rows/staff";
import { sayChoice, sources } from "../words/choices";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { areas, BLANK_SHEET, channels, floors, incomes, interests, orientations, receptionOf, type SheetForm } from "./sheet";
import { SheetFields } from "./SheetFields";

type Reception = Shown<"receptions">;

/** How often and how somebody was received, the last time first. */
export function Receptions({ customer }: { readonly customer: string }) {
  const { person } = useWorkspace();
  const [adding, setAdding] = useState(false);
  const nameFor = useNames();
  const now = useNow();
  const rows = useLive((read) => read.where("receptions", "customer_id", customer), [customer]);
  const sorted = [...(rows ?? [])].sort((one, other) => met(other) - met(one));
  return (
    <Block
      title={i18n._("Receptions")}
      right={
        <Button
          fill="none"
          color="primary"
          onClick={() => {
            setAdding(true);
          }}
        >
          {i18n._("He is here")}
        </Button>
      }
    >
      {rows && sorted.length === 0 && <p>{i18n._("Not received yet. When he comes or calls, note it here.")}</p>}
      {sorted.map((each) => (
        <Row
          key={each.id}
          title={[sayChoice(channels(), each.channel), sayInstant(met(each), now, person.organisation.timezone)].join(" · ")}
          sub={[nameFor((each.received_by as string | undefined) ?? person.user.id), ...told(each)].join(" · ")}
          right={each.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
        />
      ))}
      {adding && (
        <NewReception
          customer={customer}
          onClose={() => {
            setAdding(false);
          }}
        />
      )}
    </Block>
  );
}

/** When, as the phone noted it. */
const met = (row: Reception): number => row.received_at;

/** What stands on the sheet, shortly. */
function told(row: Reception): string[] {
  return [
    interests()
      .filter(({ value }) => (row[value] as boolean | undefined) ?? false)
      .map(({ text }) => text)
      .join(i18n._(", ")),
    row.area && sayChoice(areas(), row.area),
    row.orientation && sayChoice(orientations(), row.orientation),
    row.floor && sayChoice(floors(), row.floor),
    row.income && sayChoice(incomes(), row.income),
    row.source && sayChoice(sources(), row.source),
    row.work_place,
    row.home_place,
    row.suggestions,
    row.impression,
  ].filter((each): each is string => Boolean(each));
}

function NewReception({ customer, onClose }: { readonly customer: string; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const name = `reception:${customer}`;
  const [begun] = useState(() => Date.now());
  const draft = useDraft<SheetForm>(name, { ...BLANK_SHEET, channel: "visit", begun });
  const form = draft.value;
  if (!form) return null;
  const save = async () => {
    const reception = receptionOf(form, customer);
    if (reception === null) return;
    await workspace.act(
      (group) => {
        askOn(group, customer, { reception_id: group.create("receptions", reception) }, form.question);
      },
      { draft: name },
    );
    say(i18n._("Reception kept."));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Received")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" block onClick={() => void save()}>
          {i18n._("Keep the reception")}
        </Button>
      }
    >
      <SheetFields form={form} required onChange={draft.set} />
    </Sheet>
  );
}
