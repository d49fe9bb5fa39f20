import { useState, type ReactNode } from "react";
import { useWorkspace } from "../../hooks/context";
import { useSyncStatus } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Note } from "../parts/Block";
import Button from "../parts/Button";
import { Chips } from "../parts/Chips";
import { LineField, WhenField } from "../parts/Field";
import { save } from "../parts/save";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { useMay } from "../rights/useRights";
import { takeFile, visitsOf, type Format, type Wanted } from "./exporting";

interface Props {
  /** Of whoever may take the file out: others see no button. */
  readonly may: "customers.export" | "fieldwork.export";
  readonly text: string;
  readonly wanted: Wanted;
  /** What of it goes into the file, in words. */
  readonly about: string;
}

/** Takes what is shown out as a file. */
export function ExportButton({ may, text, wanted, about }: Props) {
  const [open, setOpen] = useState(false);
  if (!useMay(may)) return null;
  return (
    <>
      <Button fill="outline" onClick={() => {
        setOpen(true);
      }}>
        {text}
      </Button>
      {open && <ExportSheet title={text} wanted={wanted} about={about} onClose={() => {
        setOpen(false);
      }} />}
    </>
  );
}

interface DaysProps {
  readonly from: string;
  readonly to: string;
}

/** The same of visits, between two days that can be chosen. */
export function ExportVisits({ from, to }: DaysProps) {
  const [open, setOpen] = useState(false);
  const [days, setDays] = useState({ from, to });
  if (!useMay("fieldwork.export")) return null;
  const isEmpty = days.from === "" || days.to === "" || days.from > days.to;
  return (
    <>
      <Button fill="none" color="primary" onClick={() => {
        setDays({ from, to });
        setOpen(true);
      }}>
        {i18n._("Visits as a file")}
      </Button>
      {open && (
        <ExportSheet
          title={i18n._("Visits as a file")}
          wanted={visitsOf(days.from, days.to)}
          about={i18n._("All visits within your reach on these days, planned and done.")}
          error={isEmpty ? i18n._("Choose the first and the last day.") : null}
          onClose={() => {
            setOpen(false);
          }}
        >
          <WhenField label={i18n._("First day")} kind="date" value={days.from} onChange={(day) => {
            setDays({ ...days, from: day });
          }} />
          <WhenField label={i18n._("Last day")} kind="date" value={days.to} onChange={(day) => {
            setDays({ ...days, to: day });
          }} />
        </ExportSheet>
      )}
    </>
  );
}

interface SheetProps extends Pick<Props, "wanted" | "about"> {
  readonly title: string;
  /** Why it cannot be asked for as it stands. */
  readonly error?: string | null;
  readonly onClose: () => void;
  readonly children?: ReactNode;
}

function ExportSheet({ title, wanted, about, error = null, onClose, children }: SheetProps) {
  const workspace = useWorkspace();
  const say = useSnack();
  const isOffline = useSyncStatus()?.online === false;
  const [format, setFormat] = useState<Format>("xlsx");
  const [password, setPassword] = useState<string | null>(null);
  const [why, setWhy] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const take = async () => {
    if (error !== null) return;
    setBusy(true);
    const taken = await takeFile(workspace, wanted, format, password);
    setBusy(false);
    if (taken.file) {
      save(taken.file, taken.name);
      say(i18n._("The file is saved on this device."));
      onClose();
      return;
    }
    setWhy(taken.why);
    setPassword(taken.isPassword ? "" : null);
  };
  const isAsked = password !== null;
  return (
    <Sheet
      title={title}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" loading={busy} disabled={isOffline || error !== null || password === ""} onClick={() => void take()}>
          {i18n._("Save the file")}
        </Button>
      }
    >
      {isOffline && <Note tone="warn">{i18n._("There is no network. The office writes the file, so this has to wait for one.")}</Note>}
      <p>{about}</p>
      {children}
      {error !== null && <Note tone="warn">{error}</Note>}
      <Chips
        label={i18n._("Kind of file")}
        required
        choices={[{ value: "xlsx", text: "XLSX" }, { value: "csv", text: "CSV" }]}
        value={format}
        onChange={(chosen) => {
          if (chosen) setFormat(chosen);
        }}
      />
      <p>{i18n._("Phones and the like stay masked. Three files a day at most, and it is kept who took one.")}</p>
      {isAsked && (
        <LineField
          label={i18n._("Your password")}
          hint={i18n._("What leaves the house is asked for with it.")}
          kind="password"
          autoComplete="current-password"
          value={password}
          error={why ?? undefined}
          onChange={(typed) => {
            setWhy(null);
            setPassword(typed);
          }}
          onEnter={() => void take()}
        />
      )}
      {!isAsked && why !== null && <Note tone="bad">{why}</Note>}
    </Sheet>
  );
}
