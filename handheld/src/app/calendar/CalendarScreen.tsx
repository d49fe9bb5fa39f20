import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Stepper } from "../parts/Stepper";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import { sayStanding } from "../words/choices";
import { useNow, useToday } from "../words/now";
import { addDays, clockOf, sayDate, sayDay } from "../words/times";
import { weekOf } from "./week";

/** Seven days of all whom this device knows of: visits, follow-ups, tasks and visits one is taken along to. */
export function CalendarScreen() {
  const { person } = useWorkspace();
  const today = useToday();
  const now = useNow();
  const nameOf = useNames();
  const [first, setFirst] = useState(today);
  const zone = person.organisation.timezone;
  const days = useLive((read) => weekOf(read, first, zone, now), [first]);
  const empty = days?.every((each) => each.lines.length === 0) ?? false;
  return (
    <Screen
      title={i18n._("Calendar")}
      back="/"
      head={
        <Stepper
          text={i18n._("{from} to {to}", { from: sayDate(first, today), to: sayDate(addDays(first, 6), today) })}
          before={i18n._("The week before")}
          after={i18n._("The week after")}
          onStep={(by) => {
            setFirst(addDays(first, 7 * by));
          }}
          onBack={
            first === today
              ? undefined
              : () => {
                  setFirst(today);
                }
          }
        />
      }
    >
      {empty && (
        <Block>
          <Empty title={i18n._("Nothing in these seven days")}>{i18n._("Plans of yours and of your team stand here.")}</Empty>
        </Block>
      )}
      {days
        ?.filter((each) => each.lines.length > 0)
        .map(({ day, lines }) => (
          <Block key={day} title={sayDay(day, today)}>
            {lines.map((line) => (
              <Row
                key={line.id}
                {...(line.to === null ? {} : { to: line.to })}
                title={line.title}
                sub={[line.at !== null && clockOf(line.at, zone), nameOf(line.person ?? person.user.id), sayKind(line.kind)].filter(Boolean).join(" · ")}
                right={line.standing !== undefined && line.standing !== "planned" && <Tag tone={sayStanding(line.standing).tone}>{sayStanding(line.standing).text}</Tag>}
              />
            ))}
          </Block>
        ))}
    </Screen>
  );
}

function sayKind(kind: "visit" | "follow_up" | "task" | "together"): string {
  switch (kind) {
    case "visit":
      return i18n._("Visit");
    case "follow_up":
      return i18n._("Follow-up");
    case "task":
      return i18n._("Task");
    case "together":
      return i18n._("Visit together");
  }
}
