import Button from "../parts/Button";
import { useState } from "react";
import { NotSendable } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Note } from "../parts/Block";
import { Chips } from "../parts/Chips";
import { TextField } from "../parts/Field";
import { Screen } from "../parts/Screen";
import { useSnack } from "../parts/snack";
import type { Named } from "../shell/routes";
import { sayProblem } from "../words/problems";
import { useToday } from "../words/now";
import { periodOf, readFacts, type Facts, type ReportKind } from "./facts";
import { Readers } from "./Readers";
import { ReportComments } from "../comments/Comments";
import { ReportFacts } from "./ReportFacts";
import { isSent, ownReport, type Report } from "./reports";
import { sayReport, topics } from "./words";

/** As long as the server takes it. */
const MOST = 4000;

interface Form {
  readonly topic: string | null;
  readonly summary: string;
  readonly problems: string;
  readonly next_plan: string;
}

/** One's own report of a day or week: filled in with what happened, to be added to, sent, and changed after. */
export function WriteReportScreen({ named }: { readonly named: Named }) {
  const kind: ReportKind = named.kind === "weekly" ? "weekly" : "daily";
  const { person } = useWorkspace();
  const me = person.user.id;
  const zone = person.organisation.timezone;
  const today = useToday();
  const period = periodOf(kind, named.day ?? today);
  const found = useLive(
    async (read) => ({
      report: ownReport(await read.where("work_reports", "period_on", period.firstOn), kind, period.firstOn, me),
      facts: await readFacts(read, me, period, zone),
    }),
    [kind, period.firstOn],
  );
  const title = sayReport({ kind, period_on: period.firstOn }, today);
  if (!found) return <Screen title={title} back="/reports">{null}</Screen>;
  return <Writing key={found.report?.id ?? "new"} title={title} kind={kind} periodOn={period.firstOn} report={found.report} facts={found.facts} />;
}

interface WritingProps {
  readonly title: string;
  readonly kind: ReportKind;
  readonly periodOn: string;
  readonly report: Report | undefined;
  readonly facts: Facts;
}

function Writing({ title, kind, periodOn, report, facts }: WritingProps) {
  const { form, set, refused, send, sent, hasChanged } = useWriting(kind, periodOn, report);
  if (!form) return <Screen title={title} back="/reports">{null}</Screen>;
  const line = (name: "summary" | "problems" | "next_plan", label: string, rows: number) => (
    <TextField
      label={label}
      value={form[name]}
      most={MOST}
      rows={rows}
      onChange={(typed) => {
        set({ [name]: typed });
      }}
    />
  );
  return (
    <Screen
      title={title}
      back="/reports"
      foot={
        <>
          {refused !== null && <Note tone="bad">{refused}</Note>}
          <Button color="primary" size="large" block onClick={() => void send()}>
            {sent ? i18n._("Send it anew") : i18n._("Send the report")}
          </Button>
        </>
      }
    >
      {report?.unsent && <Note tone="warn">{i18n._("Kept on this device, not sent yet.")}</Note>}
      {sent && !hasChanged && !report?.unsent && <Note tone="good">{i18n._("Sent. What you change is shown to those who have read it.")}</Note>}
      <ReportFacts facts={sent && report?.facts ? (report.facts) : facts} isKept={sent} />
      <Block>
        {line("summary", i18n._("How it went"), 4)}
        {line("problems", i18n._("Problems (optional)"), 2)}
        {line("next_plan", kind === "weekly" ? i18n._("Next week (optional)") : i18n._("Tomorrow (optional)"), 2)}
        <Chips
          label={i18n._("Topic (optional)")}
          choices={topics()}
          value={form.topic}
          onChange={(topic) => {
            set({ topic });
          }}
        />
      </Block>
      {report && <Readers report={report} />}
      {report && sent && <ReportComments report={report.id} />}
    </Screen>
  );
}

function useWriting(kind: ReportKind, periodOn: string, report: Report | undefined) {
  const workspace = useWorkspace();
  const say = useSnack();
  const name = `report:${kind}:${periodOn}:${report?.id ?? "new"}`;
  const blank: Form = {
    topic: report?.topic ?? null,
    summary: report?.summary ?? "",
    problems: report?.problems ?? "",
    next_plan: report?.next_plan ?? "",
  };
  const draft = useDraft<Form>(name, blank);
  const [refused, setRefused] = useState<string | null>(null);
  const form = draft.value;
  const send = async () => {
    if (!form) return;
    const said = {
      topic: form.topic,
      summary: form.summary.trim() || null,
      problems: form.problems.trim() || null,
      next_plan: form.next_plan.trim() || null,
    };
    try {
      await workspace.act(
        (group) => {
          const id = report?.id ?? group.create("work_reports", { kind, period_on: periodOn, ...said });
          if (report) group.update("work_reports", id, said);
          group.act("work_reports", "send", id, {}, { state: "sent" });
        },
        { draft: name },
      );
      say(i18n._("Report kept. It is sent when there is a network."));
    } catch (error) {
      if (!(error instanceof NotSendable)) throw error;
      setRefused(sayProblem(error.code, error.params));
    }
  };
  const set = (change: Partial<Form>) => {
    setRefused(null);
    draft.set(change);
  };
  return { form, set, refused, send, sent: report !== undefined && isSent(report), hasChanged: draft.kept };
}
