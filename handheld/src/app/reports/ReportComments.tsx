import Button from "../parts/Button";
import { useState } from "react";
import type { Shown } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { TextField } from "../parts/Field";
import { useSnack } from "../parts/snack";
import { Tag } from "../parts/Tag";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import css from "./reports.module.css";

/** As long as the server takes it. */
const MOST = 1000;

/** What readers and writer say about a report, in the order in which it arrived; and a word more. */
export function ReportComments({ report }: { readonly report: string }) {
  const comments = useLive((read) => read.where("work_report_comments", "report_id", report), [report]);
  if (!comments) return null;
  return (
    <Block title={i18n._("Comments")}>
      {comments.length > 0 && (
        <ul className={css.list}>
          {comments.map((each) => (
            <li key={each.id}>
              <Said comment={each} />
            </li>
          ))}
        </ul>
      )}
      <Writing report={report} isAnswer={comments.length > 0} />
    </Block>
  );
}

/** One that was written here has only what was typed until the server's is there. */
function Said({ comment }: { readonly comment: Shown<"work_report_comments"> }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameFor = useNames();
  const by = (comment.written_by as string | undefined) ?? person.user.id;
  return (
    <>
      <p className={css.text}>{comment.text}</p>
      <p className={css.by}>
        {nameFor(by)} · {sayInstant(comment.written_at, now, person.organisation.timezone)}
        {comment.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
      </p>
    </>
  );
}

function Writing({ report, isAnswer }: { readonly report: string; readonly isAnswer: boolean }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const form = `report-comment:${report}`;
  const draft = useDraft(form, { text: "" });
  const text = draft.value?.text ?? "";
  const [open, setOpen] = useState(false);
  const send = async () => {
    await workspace.act(
      (group) => {
        group.create("work_report_comments", { report_id: report, text: text.trim(), written_at: Date.now() });
      },
      { draft: form },
    );
    draft.drop();
    setOpen(false);
    say(i18n._("Comment kept. It is sent when there is a network."));
  };
  if (!open && text === "") {
    return (
      <Button
        fill="outline"
        onClick={() => {
          setOpen(true);
        }}
      >
        {isAnswer ? i18n._("Answer") : i18n._("Write a comment")}
      </Button>
    );
  }
  return (
    <>
      <TextField
        label={i18n._("Comment")}
        value={text}
        most={MOST}
        onChange={(typed) => {
          draft.set({ text: typed });
        }}
      />
      <Button color="primary" disabled={text.trim() === ""} onClick={() => void send()}>
        {i18n._("Send the comment")}
      </Button>
    </>
  );
}
