import Button from "../parts/Button";
import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Fact, Facts, Note } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { sayDeed, sayField } from "../words/deeds";
import { KeptNames } from "../customers/KeptNames";
import { keptOf } from "../customers/together";
import { useNow } from "../words/now";
import { sayProblem } from "../words/problems";
import { sayInstant } from "../words/times";
import { EditSheet } from "./EditSheet";
import { discard, screenOf, sendAgain, sendWithout, troubles, type Trouble } from "./items";
import css from "./mend.module.css";
import { sayValue, useSubject } from "./values";

/** What the server refused: what was sent, why not, and what to do about it. Nothing leaves this list by itself. */
export function MendScreen() {
  const found = useLive(troubles, []);
  return (
    <Screen title={i18n._("To mend")} back="/me">
      {found?.length === 0 && (
        <Block>
          <Empty title={i18n._("Nothing to mend")}>
            {i18n._("Should the server ever refuse something you entered, it stands here with the reason, and you can send it again.")}
          </Empty>
        </Block>
      )}
      {found?.map((trouble) => <Case key={trouble.key} trouble={trouble} />)}
    </Screen>
  );
}

function Case({ trouble }: { readonly trouble: Trouble }) {
  const workspace = useWorkspace();
  const now = useNow();
  const say = useSnack();
  const subject = useSubject(trouble);
  const [open, setOpen] = useState<"edit" | "discard" | null>(null);
  const zone = workspace.person.organisation.timezone;
  const screen = screenOf(trouble);
  const [, navigate] = useLocation();
  const deed = sayDeed(trouble.collection, trouble.action);
  const close = () => {
    setOpen(null);
  };
  return (
    <Block title={subject === null ? deed : i18n._("{name}: {text}", { name: deed, text: subject })}>
      <p className={css.when}>{i18n._("Entered {when}", { when: sayInstant(trouble.made_at, now, zone) })}</p>
      <Note tone={trouble.kept === null ? "bad" : "warn"}>
        {sayWhy(trouble)}
        <KeptNames kept={keptOf(trouble.params)} />
      </Note>
      <Sent trouble={trouble} />
      {trouble.heldBack.length > 0 && (
        <p className={css.when}>
          {i18n._("Held back with it: {deeds}", {
            deeds: trouble.heldBack
              .map((item) => sayDeed(item.collection, item.action))
              .join(i18n._(", ")),
          })}
        </p>
      )}
      {trouble.again !== null && (
        <Note tone="good">
          {trouble.again === trouble.row
            ? i18n._("What it is about is there again.")
            : i18n._("It can be entered with the customer who stands for both.")}
        </Note>
      )}
      {trouble.others !== null && (
        <Button
          color="primary"
          size="large"
          block
          onClick={() => void sendWithout(workspace, trouble).then(() => {
            say(i18n._("It is sent again for the others."));
          })}
        >
          {sayWithout(trouble.others.without)}
        </Button>
      )}
      {trouble.again !== null ? (
        <Button
          color="primary"
          size="large"
          block
          onClick={() => void sendAgain(workspace, { ...trouble, row: trouble.again }, trouble.values).then(() => {
            say(i18n._("It is sent again."));
          })}
        >
          {i18n._("Send again")}
        </Button>
      ) : trouble.kept === null ? (
        <Button
          {...(trouble.others === null ? ({ color: "primary", size: "large" } as const) : ({ fill: "outline" } as const))}
          block
          onClick={() => {
            if (screen === null) setOpen("edit");
            else navigate(screen);
          }}
        >
          {screen === null ? i18n._("Edit and send again") : i18n._("Open it")}
        </Button>
      ) : (
        <Button
          color="primary"
          size="large"
          block
          onClick={() => void sendAgain(workspace, trouble, mine(trouble)).then(() => {
            say(i18n._("Your value is sent again."));
          })}
        >
          {i18n._("Use mine")}
        </Button>
      )}
      <Button
        block
        fill="outline"
        onClick={() => {
          setOpen("discard");
        }}
      >
        {trouble.kept === null ? i18n._("Discard") : i18n._("Leave it as it is now")}
      </Button>
      {open === "edit" && <EditSheet trouble={trouble} title={deed} onClose={close} />}
      {open === "discard" && (
        <DiscardSheet
          trouble={trouble}
          onClose={close}
          onDiscard={() => void discard(workspace, trouble).then(() => {
            say(i18n._("Taken off the list."));
          })}
        />
      )}
    </Block>
  );
}

const NAMED = 3;

function sayWithout(names: readonly string[]): string {
  return names.length > NAMED || names.includes("")
    ? i18n._("{n, plural, one {Send again without this one} other {Send again without these #}}", { n: names.length })
    : i18n._("Send again without {names}", { names: names.join(i18n._(", ")) });
}

function sayWhy(trouble: Trouble): string {
  if (trouble.kept !== null) return i18n._("Someone else has changed the same field meanwhile. Their value stands for now.");
  if (trouble.action === "restore" && trouble.code === "core.not-found") {
    return i18n._("Nothing is left of this customer: it is more than thirty days ago, or a colleague out of your reach has the customer now.");
  }
  const field = fieldOf(trouble.params);
  const why = sayProblem(trouble.code, trouble.params);
  return field === null ? why : i18n._("{name}: {text}", { name: field, text: why });
}

/** params.field is a JSON pointer into the operation, such as /values/name. */
function fieldOf(params: Readonly<Record<string, unknown>>): string | null {
  const name = typeof params.field === "string" ? params.field.split("/").at(-1) : undefined;
  return name === undefined ? null : sayField(name);
}

function Sent({ trouble }: { readonly trouble: Trouble }) {
  const { person } = useWorkspace();
  const zone = person.organisation.timezone;
  const { kept } = trouble;
  const fields = Object.keys(trouble.values).filter((name) => sayField(name) !== null && trouble.values[name] !== null);
  if (fields.length === 0) return null;
  return (
    <Facts>
      {fields.map((name) => (
        <Fact key={name} name={sayField(name) ?? name}>
          {kept !== null && name in kept
            ? i18n._("yours: {mine} · now: {theirs}", {
                mine: sayValue(name, trouble.values[name], zone),
                theirs: sayValue(name, kept[name], zone),
              })
            : sayValue(name, trouble.values[name], zone)}
        </Fact>
      ))}
    </Facts>
  );
}

/** Of what was sent, that over which two hands clashed. */
function mine({ values, kept }: Trouble): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => kept !== null && name in kept));
}

interface DiscardProps {
  readonly trouble: Trouble;
  readonly onClose: () => void;
  readonly onDiscard: () => void;
}

function DiscardSheet({ trouble, onClose, onDiscard }: DiscardProps) {
  return (
    <Sheet
      title={trouble.kept === null ? i18n._("Discard it?") : i18n._("Leave it as it is now?")}
      onClose={onClose}
      foot={
        <>
          <Button size="large" onClick={onClose}>
            {i18n._("Keep it here")}
          </Button>
          <Button
            size="large"
            color="danger"
            onClick={() => {
              onClose();
              onDiscard();
            }}
          >
            {trouble.kept === null ? i18n._("Discard") : i18n._("Leave it")}
          </Button>
        </>
      }
    >
      <p>{i18n._("It is taken off this list for good. The office still sees that it was refused.")}</p>
    </Sheet>
  );
}
