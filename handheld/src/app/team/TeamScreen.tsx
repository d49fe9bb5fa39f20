import type { ReactNode } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { ExportVisits } from "../exports/ExportButton";
import { DaySwitch } from "../parts/DaySwitch";
import { Block, Empty, Row, TextLink } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { Screen } from "../parts/Screen";
import { Tag, type Tone } from "../parts/Tag";
import { useBeside } from "../shell/beside";
import { useRemembered } from "../shell/remembered";
import { useIsWide } from "../shell/wide";
import { useNow, useToday } from "../words/now";
import { dayOf, sayDay, sayInstant } from "../words/times";
import { useBoard, useTeamDay } from "./board";
import type { Counts } from "./day";
import css from "./team.module.css";
import { isIdle, isToAskAbout, type PersonDay } from "./team";

/** The team's day, counted on this device: works without a network, as far as it has synced. */
export function TeamScreen() {
  const today = useToday();
  const [day, setDay] = useTeamDay();
  const board = useBoard(day);
  const isWide = useIsWide();
  const [path] = useLocation();
  const [onlyAsked, setOnlyAsked] = useRemembered("team.ask", false);
  const asked = board?.people.filter(isToAskAbout);
  const people = onlyAsked ? asked : board?.people;
  const beside = useBeside("team", people?.map((each) => each.id));
  const shown = isWide && path === "/team" ? beside : undefined;
  return (
    <Screen
      title={i18n._("Team, {day}", { day: sayDay(day, today) })}
      head={<DaySwitch day={day} today={today} onChange={setDay} />}
    >
      {board && <Total counts={board.total} />}
      <nav className={css.ways} aria-label={i18n._("More about the team")}>
        <TextLink to="/team/feed">{i18n._("Team feed")}</TextLink>
        <TextLink to="/team/month">{i18n._("Month's report")}</TextLink>
        <TextLink to="/team/numbers">{i18n._("Sales numbers")}</TextLink>
        <TextLink to="/team/task">{i18n._("Give a task")}</TextLink>
        <ExportVisits from={`${day.slice(0, 8)}01`} to={day} />
      </nav>
      {board?.people.length === 0 && (
        <Block>
          <Empty title={i18n._("Nobody stands here yet")}>{i18n._("Whoever works in the field in your team appears once this device has synced.")}</Empty>
        </Block>
      )}
      {board && people && asked && board.people.length > 0 && (
        <Block title={i18n._("People")}>
          <Chips
            label={i18n._("Whom to show")}
            required
            choices={[
              { value: "all", text: i18n._("All ({n})", { n: board.people.length }) },
              { value: "asked", text: i18n._("To ask about ({n})", { n: asked.length }) },
            ]}
            value={onlyAsked ? "asked" : "all"}
            onChange={(chosen) => {
              setOnlyAsked(chosen === "asked");
            }}
          />
          {people.length === 0 && <Empty title={i18n._("Nobody to ask about")}>{i18n._("Nothing is late, missed or elsewhere, and everybody was heard from.")}</Empty>}
          <ul>
            {people.map((each) => (
              <li key={each.id}>
                <PersonRow day={day} today={today} each={each} isShown={each.id === shown} />
              </li>
            ))}
          </ul>
        </Block>
      )}
    </Screen>
  );
}

function Total({ counts }: { readonly counts: Counts }) {
  const numbers: readonly (readonly [string, number, Tone])[] = [
    [i18n._("In the plan"), counts.planned, "plain"],
    [i18n._("Done"), counts.done, "good"],
    [i18n._("Still to come"), counts.open + counts.in_progress, "plain"],
    [i18n._("Late"), counts.late, counts.late > 0 ? "warn" : "plain"],
    [i18n._("Not heard from"), counts.not_heard_from, counts.not_heard_from > 0 ? "warn" : "plain"],
    [i18n._("Missed"), counts.missed, counts.missed > 0 ? "bad" : "plain"],
    [i18n._("Unplanned"), counts.unplanned, "plain"],
    [i18n._("Off site"), counts.outside, counts.outside > 0 ? "bad" : "plain"],
    [i18n._("Calls"), counts.calls, "plain"],
    [i18n._("Other contacts"), counts.contacts, "plain"],
  ];
  return (
    <dl className={css.numbers}>
      {numbers.map(([name, number, tone]) => (
        <div key={name} data-tone={tone}>
          <dt>{name}</dt>
          <dd data-long={number > 999}>{number}</dd>
        </div>
      ))}
    </dl>
  );
}

interface PersonProps {
  readonly day: string;
  readonly today: string;
  readonly each: PersonDay;
  /** He stands beside the list. */
  readonly isShown: boolean;
}

function PersonRow({ day, today, each, isShown }: PersonProps) {
  const [path] = useLocation();
  const now = useNow();
  const { person } = useWorkspace();
  const to = `/team/${day}/${each.id}`;
  const { counts } = each;
  const zone = person.organisation.timezone;
  const isSilent = day === today && (each.lastSeenAt === null || dayOf(each.lastSeenAt, zone) !== today);
  return (
    <Row
      to={to}
      chosen={isShown || path.startsWith(to)}
      title={each.name === "" ? i18n._("A colleague") : each.name}
      sub={
        <>
          {isIdle(counts)
            ? i18n._("Nothing planned")
            : i18n._("Visits {kept} of {planned} planned, {unplanned} unplanned · {calls, plural, one {# call} other {# calls}}", {
                kept: counts.kept,
                planned: counts.planned,
                unplanned: counts.unplanned,
                calls: counts.calls,
              })}
          {day === today && each.lastSeenAt !== null && !isSilent && (
            <span className={css.seen}>{i18n._("Last heard of {when}", { when: sayInstant(each.lastSeenAt, now, zone) })}</span>
          )}
          <Warnings counts={counts}>
            {isSilent && (
              <Tag tone="warn">
                {each.lastSeenAt === null
                  ? i18n._("Phone never heard of")
                  : i18n._("Phone silent since {when}", { when: sayInstant(each.lastSeenAt, now, zone) })}
              </Tag>
            )}
          </Warnings>
        </>
      }
    />
  );
}

/** What there is to ask about. */
export function Warnings({ counts, children }: { readonly counts: Counts; readonly children?: ReactNode }) {
  const { missed, not_heard_from: silent, late, outside } = counts;
  return (
    <span className={css.tags}>
      {missed > 0 && <Tag tone="bad">{i18n._("{n} missed", { n: missed })}</Tag>}
      {silent > 0 && <Tag tone="warn">{i18n._("{n} not heard from", { n: silent })}</Tag>}
      {late > 0 && <Tag tone="warn">{i18n._("{n} late", { n: late })}</Tag>}
      {outside > 0 && <Tag tone="bad">{i18n._("{n} away from the place", { n: outside })}</Tag>}
      {children}
    </span>
  );
}
