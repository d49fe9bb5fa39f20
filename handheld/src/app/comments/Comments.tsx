import Button from "../parts/Button";
import { useState } from "react";
import type { Group } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { TextField } from "../parts/Field";
import { useSnack } from "../parts/snack";
import { listOf } from "../people/list";
import { useMay } from "../rights/useRights";
import css from "./comments.module.css";
import { MentionField, NOTHING_WRITTEN } from "./MentionField";
import { stillNamed } from "./mentions";
import { Said, type Remark } from "./Said";

/** As long as the server takes it (rules F11 and F16 of docs/rules/fieldwork.md). */
const MOST = 1000;

/** What was said about a visit, by its supervisor above all, in the order in which it arrived; and an answer to it. */
export function VisitComments({ visit, quiet = false }: { readonly visit: string; /** Nothing while nobody has said anything. */ readonly quiet?: boolean }) {
  const comments = useLive((read) => read.where("visit_comments", "visit_id", visit), [visit]);
  const mayWrite = useMay("fieldwork.write");
  if (!comments || (comments.length === 0 && (quiet || !mayWrite))) return null;
  return (
    <Comments
      comments={comments}
      form={`comment:${visit}`}
      names
      add={mayWrite ? (group, text, mentions) => group.create("visit_comments", { visit_id: visit, text, mentions, written_at: Date.now() }) : null}
    />
  );
}

/** What readers and writer say about a report, and a word more. All of them hear of each word, so nobody is named in it. */
export function ReportComments({ report }: { readonly report: string }) {
  const comments = useLive((read) => read.where("work_report_comments", "report_id", report), [report]);
  if (!comments) return null;
  return (
    <Comments
      comments={comments}
      form={`report-comment:${report}`}
      add={(group, text) => group.create("work_report_comments", { report_id: report, text, written_at: Date.now() })}
    />
  );
}

type Add = (group: Group, text: string, mentions: string | null) => string;

interface Props {
  readonly comments: readonly Remark[];
  readonly form: string;
  /** Colleagues can be named in them. */
  readonly names?: boolean;
  /** null: may not be added to. */
  readonly add: Add | null;
}

function Comments({ comments, form, names = false, add }: Props) {
  return (
    <Block title={i18n._("Comments")}>
      {comments.length > 0 && (
        <ul className={css.list}>
          {comments.map((each) => (
            <li key={each.id}>
              <Said remark={each} />
            </li>
          ))}
        </ul>
      )}
      {add && <Writing form={form} names={names} isAnswer={comments.length > 0} add={add} />}
    </Block>
  );
}

interface WritingProps {
  readonly form: string;
  readonly names: boolean;
  readonly isAnswer: boolean;
  readonly add: Add;
}

function Writing({ form, names, isAnswer, add }: WritingProps) {
  const workspace = useWorkspace();
  const say = useSnack();
  const draft = useDraft(form, NOTHING_WRITTEN);
  const value = draft.value ?? NOTHING_WRITTEN;
  const { text, mentions } = value;
  const [open, setOpen] = useState(false);
  const send = async () => {
    await workspace.act((group) => add(group, text.trim(), listOf(stillNamed(text, mentions).map(({ id }) => id))), { draft: form });
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
      {names ? (
        <MentionField label={i18n._("Your comment")} value={value} most={MOST} onChange={draft.set} />
      ) : (
        <TextField
          label={i18n._("Your comment")}
          value={text}
          most={MOST}
          onChange={(typed) => {
            draft.set({ text: typed });
          }}
        />
      )}
      <Button color="primary" disabled={text.trim() === ""} onClick={() => void send()}>
        {i18n._("Send the comment")}
      </Button>
    </>
  );
}
