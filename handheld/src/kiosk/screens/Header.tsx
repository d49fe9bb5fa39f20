/** Whose kiosk it is, and the other language. */
import type { Locale } from "../../i18n";
import type { StationFacts } from "../station/keep";
import { Logo } from "./pictures";
import { other } from "./words";

interface Given {
  readonly facts: StationFacts | null;
  readonly locale: Locale;
  readonly choose: (locale: Locale) => void;
}

export function Header({ facts, locale, choose }: Given) {
  const second = other(locale);
  return (
    <header>
      <div className="whose">
        <div className="logo">
          <Logo />
        </div>
        <div>
          <strong>{facts?.organisation_name ?? "Doorstep"}</strong>
          {facts && <span>{facts.sales_centre}</span>}
        </div>
      </div>
      <button type="button" className="language" lang={second} onClick={() => choose(second)}>
        {second === "en" ? "English" : "中文"}
      </button>
    </header>
  );
}
