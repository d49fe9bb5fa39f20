/** One answer, large enough to be read in passing. Of all bad cards it says the same. */
import type { ReactNode } from "react";
import { i18n, type Locale } from "../../i18n";
import type { StationFacts } from "../station/keep";
import { ANSWER_MS, type Said } from "./machine";
import { Clock, Desk, Tick } from "./pictures";
import { said as text, tierName } from "./words";

interface Shown {
  readonly mood: "glad" | "noted" | "calm";
  readonly picture: ReactNode;
  readonly title: string;
  readonly line: string | null;
  readonly tier?: string | null;
}

export function AnswerScreen({ facts, locale, said, leave }: {
  readonly facts: StationFacts | null;
  readonly locale: Locale;
  readonly said: Said;
  readonly leave: () => void;
}) { // prettier-ignore
  const { mood, picture, title, line, tier } = shown(facts, locale, said);
  return (
    <section className={`cover answer ${mood}`} data-answer={said.kind}>
      <div className="medal">{picture}</div>
      <div role="status" className="said">
        <h1>{title}</h1>
        {tier && <p className="tier">{tier}</p>}
        {line && <p className="line">{line}</p>}
      </div>
      <button type="button" className="wide light" onClick={leave}>
        {i18n._("All right")}
      </button>
      <i className="countdown" style={{ animationDuration: `${ANSWER_MS}ms` }} />
    </section>
  );
}

function shown(facts: StationFacts | null, locale: Locale, said: Said): Shown {
  switch (said.kind) {
    case "welcome":
      return {
        mood: "glad",
        picture: <Tick />,
        title: text(facts, "welcome", locale, said.name),
        line: i18n._("Your salesperson has been told and will be with you."),
        tier: tierName(said.tier),
      };
    case "noted":
      return {
        mood: "noted",
        picture: <Clock />,
        title: text(facts, "welcome-offline", locale),
        line: said.proved ? i18n._("Please tell the reception that you are here.") : i18n._("Your code is checked then. Please tell the reception that you are here."),
      };
    case "registered":
      return { mood: "glad", picture: <Tick />, title: text(facts, "registered", locale), line: null };
    case "unsent":
      return {
        mood: "calm",
        picture: <Desk />,
        title: i18n._("Registering does not work just now."),
        line: i18n._("Nothing that you typed was kept. Please come to the reception; we will gladly help."),
      };
    case "refused":
      return { mood: "calm", picture: <Desk />, title: text(facts, "refused", locale), line: null };
  }
}
