/** For the staff: what makes a screen a kiosk. The code comes from the office and is good once. */
import { useState, type FormEvent } from "react";
import { i18n, type Locale } from "../../i18n";
import { PROBLEMS } from "../../wire/problems";
import { Logo } from "./pictures";
import { languageOf } from "./words";

interface Given {
  readonly locale: Locale;
  readonly enrol: (organisation: string, kiosk: number, code: string) => Promise<string | null>;
  readonly leave?: () => void;
}

export function Enrol({ locale, enrol, leave }: Given) {
  const [organisation, setOrganisation] = useState("");
  const [kiosk, setKiosk] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const isReady = organisation.trim() !== "" && /^[1-9]\d*$/.test(kiosk.trim()) && code.trim().length >= 8;

  async function submit(event: FormEvent): Promise<void> {
    event.preventDefault();
    if (!isReady || busy) return;
    setBusy(true);
    setRefused(await enrol(organisation.trim(), Number(kiosk), code).catch(() => "here"));
    setBusy(false);
  }

  return (
    <main className="cover sheet">
      <form onSubmit={(event) => void submit(event)} autoComplete="off" className="enrolment">
        <div className="logo">
          <Logo />
        </div>
        <h1>{i18n._("Set up this kiosk")}</h1>
        <p className="hint">{i18n._("A manager gets the code in the office. It is good once, for ten minutes.")}</p>
        <label>
          <span>{i18n._("Organisation code")}</span>
          <input type="text" value={organisation} maxLength={100} autoComplete="off" autoCapitalize="none" spellCheck={false} onChange={(event) => setOrganisation(event.target.value)} />
        </label>
        <div className="pair">
          <label>
            <span>{i18n._("Kiosk number")}</span>
            <input type="text" inputMode="numeric" value={kiosk} maxLength={7} autoComplete="off" onChange={(event) => setKiosk(event.target.value)} />
          </label>
          <label>
            <span>{i18n._("One-time code")}</span>
            <input type="text" value={code} maxLength={20} autoComplete="off" autoCapitalize="characters" spellCheck={false} onChange={(event) => setCode(event.target.value)} />
          </label>
        </div>
        <p role="alert" className="trouble">
          {refused === null ? "" : why(refused, locale)}
        </p>
        <div className="deeds">
          {leave && (
            <button type="button" className="wide quiet" onClick={leave}>
              {i18n._("Back")}
            </button>
          )}
          <button type="submit" className="wide loud" disabled={!isReady || busy}>
            {busy ? i18n._("One moment…") : i18n._("Set up")}
          </button>
        </div>
      </form>
    </main>
  );
}

function why(code: string, locale: Locale): string {
  if (code === "away") return i18n._("The server cannot be reached. Check the network and try again.");
  return PROBLEMS[code]?.[languageOf(locale)] ?? i18n._("That did not work. Ask for a new code and try again.");
}
