import Button from "../parts/Button";
import { useState } from "react";
import { useLocation } from "wouter";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { LineField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { WhenChips } from "../parts/WhenChips";
import type { Visit } from "../rows/visits";
import { sayDayWithin } from "../words/times";
import { EditPlan } from "./EditPlan";
import css from "./visit.module.css";

/** What can still be changed while a visit has not begun: its day, what was planned, and whether it takes place. */
export function PlanActions({ visit, today }: { readonly visit: Visit; readonly today: string }) {
  const [open, setOpen] = useState<"move" | "edit" | "cancel" | null>(null);
  const close = () => {
    setOpen(null);
  };
  return (
    <>
      <div className={css.pair}>
        <Button
          fill="outline"
          onClick={() => {
            setOpen("edit");
          }}
        >
          {i18n._("Change the plan")}
        </Button>
        <Button
          fill="outline"
          onClick={() => {
            setOpen("move");
          }}
        >
          {i18n._("Another day")}
        </Button>
      </div>
      <Button
        fill="outline"
        color="danger"
        block
        onClick={() => {
          setOpen("cancel");
        }}
      >
        {i18n._("Cancel the visit")}
      </Button>
      {open === "move" && <MoveSheet visit={visit} today={today} onClose={close} />}
      {open === "edit" && <EditPlan visit={visit} onClose={close} />}
      {open === "cancel" && <CancelSheet visit={visit} onClose={close} />}
    </>
  );
}

function MoveSheet({ visit, today, onClose }: { readonly visit: Visit; readonly today: string; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const [day, setDay] = useState<string | null>(null);
  const move = (to: string | null) =>
    workspace.act((group) => {
      group.update("visits", visit.id, { planned_on: to });
    });
  const go = async (to: string) => {
    const before = visit.planned_on;
    await move(to);
    say(i18n._("Moved to {day}.", { day: sayDayWithin(to, today) }), () => void move(before));
    onClose();
    navigate("/");
  };
  return (
    <Sheet
      title={i18n._("Another day")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" disabled={day === null} onClick={() => void (day !== null && go(day))}>
          {day === null ? i18n._("Choose a day") : i18n._("Move to {day}", { day: sayDayWithin(day, today) })}
        </Button>
      }
    >
      {visit.planned_on !== today && (
        <Button
          fill="outline"
          onClick={() => {
            void go(today);
          }}
        >
          {i18n._("Move to today")}
        </Button>
      )}
      <WhenChips label={i18n._("When")} today={today} value={day} onChange={setDay} />
    </Sheet>
  );
}

function CancelSheet({ visit, onClose }: { readonly visit: Visit; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const [, navigate] = useLocation();
  const say = useSnack();
  const [reason, setReason] = useState("");
  const cancel = async () => {
    const given = reason.trim() === "" ? null : reason.trim();
    await workspace.act((group) => {
      group.act("visits", "cancel", visit.id, { reason: given }, { state: "cancelled", cancel_reason: given });
    });
    say(i18n._("Visit cancelled."), () => void reopen(workspace, visit.id));
    onClose();
    navigate("/");
  };
  return (
    <Sheet
      title={i18n._("Cancel the visit")}
      onClose={onClose}
      foot={
        <Button color="danger" size="large" onClick={() => void cancel()}>
          {i18n._("Cancel the visit")}
        </Button>
      }
    >
      <LineField label={i18n._("Why (optional)")} value={reason} most={200} onChange={setReason} />
    </Sheet>
  );
}

/** Take a cancellation back. */
export function reopen(workspace: ReturnType<typeof useWorkspace>, visit: string): Promise<void> {
  return workspace.act((group) => {
    group.act("visits", "reopen", visit, {}, { state: "planned", cancel_reason: null });
  });
}
