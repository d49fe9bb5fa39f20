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
import { useMay } from "../rights/useRights";
import { useNames } from "../rows/staff";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import css from "./visit.module.css";

type Comment = Shown<"visit_comments">;

/** What was said about a visit, by its supervisor above all, in the order in which it arrived; and an answer to it. */
export function Comments({ visit, quiet = false }: { readonly visit: string; /** Nothing while nobody has said anything. */ readonly quiet?: boolean }) {
  const comments = useLive((read) => read.where("visit_comments", "visit_id", visit), [visit]);
  const mayWrite = useMay("fieldwork.write");
  if (!comments || (comments.length === 0 && (quiet || !mayWrite))) return null;
  return (
    <Block title={i18n._("Comments")}>
      {comments.length > 0 && (
        <ul className={css.comments}>
          {comments.map((each) => (
            <li key={each.id}>
              <Said comment={each} />
            </li>
          ))}
        </ul>
      )}
      {mayWrite && <Writing visit={visit} isAnswer={comments.length > 0} />}
    </Block>
  );
}

/** One that was written here has only what was typed until the server's is there. */
function Said({ comment }: { readonly comment: Comment }) {
  const { person } = useWorkspace();
  const now = useNow();
  const nameFor = useNames();
  const by = (comment.written_by as string | undefined) ?? person.user.id;
  return (
    <>
      <p className={css.said}>{comment.text}</p>
      <p className={css.by}>
        {nameFor(by)} · {sayInstant(comment.written_at, now, person.organisation.timezone)}
        {comment.unsent && <Tag tone="warn">{i18n._("Not sent yet")}</Tag>}
      </p>
    </>
  );
}

/** As long as the server takes it (docs/rules/fieldwork.md, F11). */
const MOST = 1000;

function Writing({ visit, isAnswer }: { readonly visit: string; readonly isAnswer: boolean }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const form = `comment:${visit}`;
  const draft = useDraft(form, { text: "" });
  const text = draft.value?.text ?? "";
  const [open, setOpen] = useState(false);
  const send = async () => {
    await workspace.act(
      (group) => {
        group.create("visit_comments", { visit_id: visit, text: text.trim(), written_at: Date.now() });
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
