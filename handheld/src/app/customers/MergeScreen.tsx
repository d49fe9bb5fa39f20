import Button from "../parts/Button";
import { useState } from "react";
import { useLocation } from "wouter";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { CustomerField } from "../expenses/CustomerField";
import { sayValue } from "../mend/values";
import { Block, Empty, Note, Row, TextLink } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { sayField } from "../words/deeds";
import { sayPhone } from "../words/phones";
import { sayProblem } from "../words/problems";
import { differences, likely, type Field } from "./merging";
import { useDirectory } from "./useDirectory";

interface Form {
  readonly gone: string | null;
  readonly take: readonly Field[];
}

/** Two customers who are one: who the other one is, unless the address says so, and which value of each field stays. */
export function MergeScreen({ named }: { readonly named: Named }) {
  const id = named.id ?? "";
  const workspace = useWorkspace();
  const say = useSnack();
  const nameFor = useNames();
  const [, navigate] = useLocation();
  const other = named.other ?? null;
  const blank: Form = { gone: other, take: [] };
  const name = other === null ? `customer:${id}:merge` : `customer:${id}:merge:${other}`;
  const draft = useDraft<Form>(name, blank);
  const [refused, setRefused] = useState<string | null>(null);
  const form = draft.value ?? blank;
  const both = useLive(
    async (read) => ({
      kept: await read.get("customers", id),
      gone: form.gone === null ? undefined : await read.get("customers", form.gone),
    }),
    [id, form.gone],
  );
  const entries = useDirectory();
  const back = `/customers/${id}`;
  const title = i18n._("Merge customers");
  if (!both?.kept) return <Screen title={title} back={back}>{null}</Screen>;
  const { kept, gone } = both;
  const choose = (other: string | null) => {
    setRefused(null);
    draft.set({ gone: other === id ? null : other, take: [] });
  };
  const merge = async () => {
    if (!gone) return;
    const values = {
      gone_id: gone.id,
      take: form.take.join(","),
      // One who was made here has no version that the server knows.
      ...(gone.version > 0 && { gone_version: gone.version }),
    };
    try {
      await workspace.act(
        (group) => {
          group.act("customers", "merge", id, values, Object.fromEntries(form.take.map((field) => [field, gone[field]])));
        },
        { draft: name },
      );
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setRefused(sayProblem(error.code, error.params));
      return;
    }
    say(i18n._("The two will be one customer as soon as this is sent."));
    navigate(back);
  };
  const twins = entries && likely(entries, id);
  return (
    <Screen
      title={title}
      back={back}
      foot={
        gone && (
          <Button color="primary" size="large" block onClick={() => void merge()}>
            {i18n._("Make one customer of the two")}
          </Button>
        )
      }
    >
      {refused !== null && <Note tone="bad">{refused}</Note>}
      <Block title={i18n._("{name} stays. Who goes into this customer?", { name: kept.name })}>
        {form.gone === null &&
          twins?.map(({ customer, phones }) => (
            <Row
              key={customer.id}
              title={customer.name}
              sub={phones[0] && sayPhone(phones[0].number)}
              onTap={() => {
                choose(customer.id);
              }}
            />
          ))}
        {form.gone === null && twins?.length === 0 && (
          <Empty title={i18n._("Nobody here has the same name or number")}>{i18n._("Choose the other one yourself.")}</Empty>
        )}
        <CustomerField value={form.gone} onChange={choose} but={id} />
        {gone && gone.owner_id !== kept.owner_id && <p>{i18n._("Both will be {name}'s.", { name: nameFor(kept.owner_id) })}</p>}
        {gone && <TextLink to={`/customers/${gone.id}/merge/${id}`}>{i18n._("Let {name} stay instead", { name: gone.name })}</TextLink>}
      </Block>
      {gone && (
        <>
          <Block title={i18n._("What stays")}>
            {differences(kept, gone).map((each) => {
              const taken = form.take.includes(each.field);
              return (
                <Chips
                  key={each.field}
                  label={sayField(each.field) ?? each.field}
                  required
                  choices={[
                    { value: "kept", text: sayValue(each.field, each.kept, "") },
                    { value: "gone", text: sayValue(each.field, each.gone, "") },
                  ]}
                  value={taken ? "gone" : "kept"}
                  onChange={(side) => {
                    const others = form.take.filter((field) => field !== each.field);
                    draft.set({ take: side === "gone" ? [...others, each.field] : others });
                  }}
                />
              );
            })}
            <p>{i18n._("What only one of the two says is kept. Phones, notes, visits and tasks of both are kept.")}</p>
          </Block>
          <Note tone="warn">{i18n._("{name} leaves all lists. This cannot be undone.", { name: gone.name })}</Note>
        </>
      )}
    </Screen>
  );
}
