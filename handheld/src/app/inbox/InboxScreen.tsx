import Button from "../parts/Button";
import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import { useNow, useToday } from "../words/now";
import { sayInstant } from "../words/times";
import css from "./inbox.module.css";
import { sorted, type Notice } from "./order";
import { SnoozeSheet } from "./SnoozeSheet";
import { subjectOf } from "./subject";
import { addressOf, sayNotice } from "./words";

/** What the office has to say to this person: unread first. What is done here is done on all devices. */
export function InboxScreen() {
  const now = useNow();
  const notices = useLive((read) => read.all("notices"), []);
  const inbox = notices && sorted(notices, now);
  return (
    <Screen title={i18n._("Inbox")}>
      {inbox && inbox.unread.length + inbox.read.length === 0 && (
        <Block>
          <Empty title={i18n._("Nothing new")}>{i18n._("Reminders, plans, decisions and arrivals come here by themselves.")}</Empty>
        </Block>
      )}
      <Group title={i18n._("Unread")} notices={inbox?.unread ?? []} />
      <Group title={i18n._("Read")} notices={inbox?.read ?? []} />
      <Group title={i18n._("Put off")} notices={inbox?.snoozed ?? []} />
    </Screen>
  );
}

function Group({ title, notices }: { readonly title: string; readonly notices: readonly Notice[] }) {
  if (notices.length === 0) return null;
  return (
    <section className={css.group} aria-label={title}>
      <h2>{title}</h2>
      <ul className={css.cards}>
        {notices.map((notice) => (
          <li key={notice.id}>
            <NoticeCard notice={notice} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function NoticeCard({ notice }: { readonly notice: Notice }) {
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const words = { nameFor: useNames(), today: useToday() };
  const now = useNow();
  const [snoozing, setSnoozing] = useState(false);
  const zone = workspace.person.organisation.timezone;
  const address = addressOf(notice);
  const subject = useLive((read) => subjectOf(read, notice), [notice.id]);
  const text = sayNotice(notice, words);
  const isAsleep = notice.state === "snoozed" && (notice.snoozed_until ?? 0) > now;

  const read = () =>
    workspace.act((group) => {
      group.act("notices", "read", notice.id, {}, { state: "read" });
    });
  const open = () => {
    if (notice.state !== "read") void read();
    if (address !== null) navigate(address);
  };
  const finish = async () => {
    await workspace.act((group) => {
      group.act("notices", "done", notice.id, {}, { state: "done" });
    });
    say(i18n._("Done."));
  };
  return (
    <article className={css.card} data-state={notice.state}>
      <button type="button" className={css.open} onClick={open}>
        <span className={css.text}>{text}</span>
        {subject && <span className={css.subject}>{subject}</span>}
        <span className={css.when}>
          {isAsleep && notice.snoozed_until !== null
            ? i18n._("Comes back {when}", { when: sayInstant(notice.snoozed_until, now, zone) })
            : sayInstant(notice.due_at ?? notice.created_at, now, zone)}
          {notice.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
        </span>
      </button>
      <div className={css.deeds}>
        <Button
          fill="outline"
          onClick={() => {
            setSnoozing(true);
          }}
        >
          {i18n._("Put off")}
        </Button>
        <Button fill="outline" color="primary" onClick={() => void finish()}>
          {i18n._("Done")}
        </Button>
      </div>
      {snoozing && (
        <SnoozeSheet
          notice={notice}
          onClose={() => {
            setSnoozing(false);
          }}
        />
      )}
    </article>
  );
}
