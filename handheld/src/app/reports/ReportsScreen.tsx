import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Empty, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Tag } from "../parts/Tag";
import { useMay, useRights } from "../rights/useRights";
import { useNames } from "../rows/staff";
import { useToday } from "../words/now";
import { periodOf, type ReportKind } from "./facts";
import { isSent, ownReport, reportsOf, type Report } from "./reports";
import { sayReport } from "./words";

/** Reports: one's own of today and this week, those one is to read, and whose is missing. */
export function ReportsScreen() {
  const { person } = useWorkspace();
  const me = person.user.id;
  const today = useToday();
  const nameFor = useNames();
  const mayWrite = useMay("fieldwork.write");
  const found = useLive(
    async (read) => ({
      reports: await read.all("work_reports"),
      read: new Map((await read.where("work_report_readers", "reader_id", me)).map((each) => [each.report_id, each.read_revision])),
    }),
    [],
  );
  if (!found) return <Screen title={i18n._("Reports")} back="/me">{null}</Screen>;
  const { received, mine } = reportsOf(found.reports, found.read, me);
  const earlier = mine.filter((each) => each.period_on !== periodOf(each.kind, today).firstOn);
  return (
    <Screen title={i18n._("Reports")} back="/me">
      {mayWrite && (
        <Block title={i18n._("Today and this week")}>
          <ToWrite kind="daily" reports={found.reports} />
          <ToWrite kind="weekly" reports={found.reports} />
        </Block>
      )}
      <Missing reports={found.reports} />
      <Block title={i18n._("Sent to you")}>
        {received.length === 0 && <Empty title={i18n._("No reports yet")}>{i18n._("Reports of colleagues stand here once they are sent to you.")}</Empty>}
        {received.map(({ report, isNew }) => (
          <Row
            key={report.id}
            to={`/reports/${report.id}`}
            title={nameFor(report.owner_id)}
            sub={[sayReport(report, today), report.summary].filter(Boolean).join(" · ")}
            right={isNew && <Tag tone="brand">{found.read.get(report.id) ? i18n._("Changed") : i18n._("Unread")}</Tag>}
          />
        ))}
      </Block>
      {earlier.length > 0 && (
        <Block title={i18n._("Your earlier ones")}>
          {earlier.map((each) => (
            <Row key={each.id} to={`/reports/${each.id}`} title={sayReport(each, today)} right={<Standing report={each} />} />
          ))}
        </Block>
      )}
    </Screen>
  );
}

function ToWrite({ kind, reports }: { readonly kind: ReportKind; readonly reports: readonly Report[] }) {
  const { person } = useWorkspace();
  const today = useToday();
  const { firstOn } = periodOf(kind, today);
  const report = ownReport(reports, kind, firstOn, person.user.id);
  return (
    <Row
      to={`/reports/write/${kind}/${firstOn}`}
      title={sayReport({ kind, period_on: firstOn }, today)}
      right={report ? <Standing report={report} /> : <Tag>{i18n._("Not written yet")}</Tag>}
    />
  );
}

function Standing({ report }: { readonly report: Report }) {
  if (report.unsent) return <Tag tone="warn">{i18n._("Not sent yet")}</Tag>;
  return isSent(report) ? <Tag tone="good">{i18n._("Sent")}</Tag> : <Tag>{i18n._("Draft")}</Tag>;
}

/** Of whoever stands on one's board, those whose report of today has not come to this device. */
function Missing({ reports }: { readonly reports: readonly Report[] }) {
  const { team } = useRights();
  const nameFor = useNames();
  const { person } = useWorkspace();
  const today = useToday();
  if (!useMay("fieldwork.assign")) return null;
  const there = new Set(reports.filter((each) => each.kind === "daily" && each.period_on === today).map((each) => each.owner_id));
  const missing = team.filter(({ user_id }) => !there.has(user_id) && user_id !== person.user.id);
  if (missing.length === 0) return null;
  return (
    <Block title={i18n._("No report of today yet")}>
      {missing.map(({ user_id }) => (
        <Row key={user_id} to={`/team/${today}/${user_id}`} title={nameFor(user_id)} />
      ))}
    </Block>
  );
}
