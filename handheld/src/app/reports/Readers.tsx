import { useState } from "react";
import Button from "../parts/Button";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Row } from "../parts/Block";
import { SearchField } from "../parts/SearchField";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import type { Report } from "./reports";

/** Who is to read one's own report, and who has; one more is named with two taps. */
export function Readers({ report }: { readonly report: Report }) {
  const nameFor = useNames();
  const [choosing, setChoosing] = useState(false);
  const readings = useLive((read) => read.where("work_report_readers", "report_id", report.id), [report.id]);
  const sentTo = listOf(report.reader_ids);
  const named = listOf(report.named_ids).filter((each) => !sentTo.includes(each));
  const readBy = new Map(readings?.map((each) => [each.reader_id, each.read_revision]));
  return (
    <Block title={i18n._("Who reads it")}>
      {sentTo.length + named.length === 0 && <p>{i18n._("Those who lead you, unless you name somebody.")}</p>}
      {sentTo.map((id) => {
        const revision = readBy.get(id) ?? 0;
        return (
          <Row
            key={id}
            title={nameFor(id)}
            right={<Tag tone={revision === 0 ? "plain" : "good"}>{revision === 0 ? i18n._("Not read yet") : revision < report.revision ? i18n._("Read before the change") : i18n._("Read")}</Tag>}
          />
        );
      })}
      {named.map((id) => (
        <Row key={id} title={nameFor(id)} right={<Tag>{i18n._("Named")}</Tag>} />
      ))}
      <Button
        fill="outline"
        onClick={() => {
          setChoosing(true);
        }}
      >
        {i18n._("Name somebody")}
      </Button>
      {choosing && (
        <Naming
          report={report}
          taken={[...sentTo, ...named]}
          onClose={() => {
            setChoosing(false);
          }}
        />
      )}
    </Block>
  );
}

const listOf = (ids: unknown): string[] => (Array.isArray(ids) ? ids.filter((each) => typeof each === "string") : []);

const SHOWN = 30;

function Naming({ report, taken, onClose }: { readonly report: Report; readonly taken: readonly string[]; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const [text, setText] = useState("");
  const staff = useLive((read) => read.all("staff"), []);
  const me = workspace.person.user.id;
  const found = (staff ?? [])
    .filter((each) => each.state === "active" && each.id !== me && !taken.includes(each.id) && each.name.includes(text.trim()))
    .slice(0, SHOWN);
  const name = async (id: string, whose: string) => {
    await workspace.act((group) => {
      group.act("work_reports", "address", report.id, { reader_id: id }, { named_ids: [...listOf(report.named_ids), id] });
    });
    onClose();
    say(i18n._("{name} may read it once it is sent.", { name: whose }));
  };
  return (
    <Sheet title={i18n._("Name somebody")} onClose={onClose}>
      <SearchField label={i18n._("Name")} placeholder={i18n._("Name")} value={text} onChange={setText} />
      {found.map((each) => (
        <Row key={each.id} title={each.name} sub={each.title ?? undefined} onTap={() => void name(each.id, each.name)} />
      ))}
    </Sheet>
  );
}
