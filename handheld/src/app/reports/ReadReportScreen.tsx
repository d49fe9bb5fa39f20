import { useEffect, useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Note } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { useNames } from "../rows/staff";
import type { Named } from "../shell/routes";
import { useToday } from "../words/now";
import type { Facts } from "./facts";
import { ReportComments } from "../comments/Comments";
import { ReportFacts } from "./ReportFacts";
import css from "./reports.module.css";
import { changesOf, isMine, TEXTS, type Report, type TextName } from "./reports";
import { sayReport, sayText, sayTopic } from "./words";
import { WriteReportScreen } from "./WriteReportScreen";

/** A colleague's report as whoever it was sent to reads it: what is new since he read it stands first. */
export function ReadReportScreen({ named }: { readonly named: Named }) {
  const { id = "" } = named;
  const { person } = useWorkspace();
  const found = useLive(async (read) => ({ report: await read.get("work_reports", id) }), [id]);
  if (!found) return <Screen title={i18n._("Report")} back="/reports">{null}</Screen>;
  if (!found.report) {
    return (
      <Screen title={i18n._("Report")} back="/reports">
        <Block>
          <Empty title={i18n._("This report is not on this device")}>{i18n._("It has not arrived yet.")}</Empty>
        </Block>
      </Screen>
    );
  }
  if (isMine(found.report, person.user.id)) return <WriteReportScreen named={{ kind: found.report.kind, day: found.report.period_on }} />;
  return <Reading key={id} report={found.report} />;
}

function Reading({ report }: { readonly report: Report }) {
  const nameFor = useNames();
  const today = useToday();
  const changes = useReading(report);
  return (
    <Screen title={nameFor(report.owner_id)} back="/reports" isText>
      <Block title={sayReport(report, today)}>
        {changes.length > 0 && <Note tone="brand">{i18n._("Changed since you read it.")}</Note>}
        {TEXTS.filter((field) => report[field] !== null && !changes.some((each) => each.field === field)).map((field) => (
          <Text key={field} field={field} text={report[field]} />
        ))}
        {changes.map(({ field, before, after }) => (
          <Text key={field} field={field} text={after} before={before} />
        ))}
      </Block>
      <ReportFacts facts={report.facts as Partial<Facts>} isKept />
      <ReportComments report={report.id} />
    </Screen>
  );
}

function Text({ field, text, before }: { readonly field: TextName; readonly text: string | null; readonly before?: string | null }) {
  const say = (given: string) => (field === "topic" ? sayTopic(given) : given);
  return (
    <div>
      <h3 className={css.head}>{sayText(field)}</h3>
      {before && <p className={css.before}>{say(before)}</p>}
      {text && <p className={css.text}>{say(text)}</p>}
    </div>
  );
}

/** What changed since this person read it, as of when he opened it; that he has read it is kept at once. */
function useReading(report: Report) {
  const workspace = useWorkspace();
  const me = workspace.person.user.id;
  const found = useLive(
    async (read) => ({
      reading: (await read.where("work_report_readers", "report_id", report.id)).find((each) => each.reader_id === me),
      revisions: await read.where("work_report_revisions", "report_id", report.id),
    }),
    [report.id],
  );
  const reading = found?.reading;
  const [before, setBefore] = useState<number | null>(null);
  if (before === null && reading) setBefore(reading.read_revision);
  useEffect(() => {
    if (!reading || reading.read_revision >= report.revision) return;
    void workspace.act((group) => {
      group.act("work_report_readers", "read", reading.id, { revision: report.revision }, { read_revision: report.revision });
    });
  }, [workspace, reading, report.revision]);
  return changesOf(found?.revisions ?? [], before ?? 0);
}
