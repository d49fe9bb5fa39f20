import Button from "../parts/Button";
import { useState } from "react";
import type { Shown } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { Note } from "../parts/Block";
import { LineField, TextField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { sayMoney } from "../words/money";
import { decideLater, decideNow } from "./deciding";
import type { Answer } from "./standing";
import { sayAnswer } from "./words";

const COMMENT_MOST = 500;

interface Props {
  readonly part: Shown<"approvals">;
  readonly answer: Answer;
  readonly onClose: () => void;
}

/** The last word before a decision: what about, why, and above the limit the password. */
export function DecideSheet({ part, answer, onClose }: Props) {
  const { comment, setComment, password, setPassword, errors, busy, decide } = useDeciding(part, answer, onClose);
  const asked = {
    approve: i18n._("Approve {amount} for {name}?", { amount: sayMoney(part.amount_minor, part.currency), name: part.requester_name }),
    return: i18n._("Return it to {name}?", { name: part.requester_name }),
    reject: i18n._("Reject it for good?"),
  }[answer];
  return (
    <Sheet
      title={asked}
      onClose={onClose}
      foot={
        <Button color={answer === "reject" ? "danger" : "primary"} size="large" loading={busy} onClick={() => void decide()}>
          {sayAnswer(answer)}
        </Button>
      }
    >
      {errors.whole !== undefined && <Note tone="bad">{errors.whole}</Note>}
      <TextField
        label={sayField(answer)}
        value={comment}
        most={COMMENT_MOST}
        error={errors.comment}
        onChange={setComment}
      />
      {part.needs_password && (
        <LineField
          label={i18n._("Your password")}
          hint={i18n._("The amount is above the limit, so it is decided at once, with your password.")}
          kind="password"
          autoComplete="current-password"
          value={password}
          error={errors.password}
          onChange={setPassword}
          onEnter={() => void decide()}
        />
      )}
    </Sheet>
  );
}

function sayField(answer: Answer): string {
  switch (answer) {
    case "approve":
      return i18n._("Comment (optional)");
    case "return":
      return i18n._("What has to be different");
    case "reject":
      return i18n._("Why");
  }
}

interface Errors {
  readonly comment?: string;
  readonly password?: string;
  readonly whole?: string;
}

function useDeciding(part: Shown<"approvals">, answer: Answer, onDone: () => void) {
  const workspace = useWorkspace();
  const say = useSnack();
  const name = `approval:${part.id}`;
  const draft = useDraft(name, { comment: part.comment ?? "" });
  const [password, setPassword] = useState("");
  const [errors, setErrors] = useState<Errors>({});
  const [busy, setBusy] = useState(false);
  const comment = draft.value?.comment ?? "";

  const decide = async () => {
    if (answer !== "approve" && comment.trim() === "") {
      setErrors({ comment: i18n._("Say why, so that it can be mended.") });
      return;
    }
    if (part.needs_password && password === "") {
      setErrors({ password: i18n._("Enter your password.") });
      return;
    }
    setBusy(true);
    if (part.needs_password) {
      const refused = await decideNow(workspace, part, answer, comment, password);
      setBusy(false);
      if (refused) {
        setErrors(refused.isPassword ? { password: refused.text } : { whole: refused.text });
        return;
      }
      draft.drop();
      say(i18n._("Decided and confirmed."));
    } else {
      await decideLater(workspace, part, answer, comment, name);
      say(i18n._("Kept. Waiting to be confirmed."));
    }
    onDone();
  };
  const setComment = (typed: string) => {
    setErrors({});
    draft.set({ comment: typed });
  };
  return { comment, setComment, password, setPassword, errors, busy, decide };
}
