/** Out of service: calm for visitors, and a way back for the staff. It asks by itself whether it may go on. */
import { useState } from "react";
import { i18n, type Locale } from "../../i18n";
import { PROBLEMS } from "../../wire/problems";
import type { Closed as Why } from "../station/api";
import { Enrol } from "./Enrol";
import { Desk } from "./pictures";
import { languageOf } from "./words";

interface Given {
  readonly closed: Why;
  readonly locale: Locale;
  readonly enrol: (organisation: string, kiosk: number, code: string) => Promise<string | null>;
}

export function Closed({ closed, locale, enrol }: Given) {
  const [setUp, setSetUp] = useState(false);
  if (setUp) return <Enrol locale={locale} enrol={enrol} leave={() => setSetUp(false)} />;
  const why = closed === "out-of-service" ? PROBLEMS["kiosk.out-of-service"]?.[languageOf(locale)] : i18n._("This kiosk was set up anew elsewhere.");
  return (
    <main className="cover answer calm" data-closed={closed}>
      <div className="medal">
        <Desk />
      </div>
      <div className="said">
        <h1>{i18n._("Please come to the reception; we will gladly help.")}</h1>
        <p className="line">{why}</p>
      </div>
      <button type="button" className="wide light" onClick={() => setSetUp(true)}>
        {i18n._("For the staff: set up again")}
      </button>
    </main>
  );
}
