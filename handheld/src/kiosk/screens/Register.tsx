/** A first visit: name, phone, and the text that he agrees to. What is typed lives in this form and nowhere else. */
import { useState, type FormEvent } from "react";
import { i18n, type Locale } from "../../i18n";
import { PROBLEMS } from "../../wire/problems";
import type { Visitor } from "../station/api";
import type { StationFacts } from "../station/keep";
import { languageOf } from "./words";

interface Given {
  readonly facts: StationFacts;
  readonly locale: Locale;
  readonly visitor: string;
  readonly sending: boolean;
  /** Why it was refused, by the code of a problem; null when it was not. */
  readonly refused: string | null;
  readonly secondsLeft: number | null;
  readonly send: (visitor: Visitor) => void;
  readonly touched: () => void;
  readonly leave: () => void;
}

export function Register({ facts, locale, visitor, sending, refused, secondsLeft, send, touched, leave }: Given) {
  const [name, setName] = useState("");
  const [phone, setPhone] = useState("");
  const [agreed, setAgreed] = useState<string | null>(null);
  const language = languageOf(locale);
  const { version } = facts.consent;
  const isReady = name.trim() !== "" && phone.replace(/\D/g, "").length >= 5 && agreed === version;

  function submit(event: FormEvent): void {
    event.preventDefault();
    if (isReady && !sending) send({ id: visitor, name, phone, consent: version });
  }

  return (
    <section className="cover sheet" onInput={touched} onPointerDown={touched}>
      <form onSubmit={submit} autoComplete="off" className="visitor">
        <h1>{i18n._("Welcome! Who may we greet?")}</h1>
        <label>
          <span>{i18n._("Your name")}</span>
          <input type="text" value={name} maxLength={60} autoComplete="off" autoCorrect="off" spellCheck={false} disabled={sending} onChange={(event) => setName(event.target.value)} />
        </label>
        <label>
          <span>{i18n._("Mobile phone")}</span>
          <input type="tel" inputMode="tel" value={phone} maxLength={32} autoComplete="off" disabled={sending} onChange={(event) => setPhone(event.target.value)} />
        </label>
        <label className="consent">
          <input type="checkbox" checked={agreed === version} disabled={sending} onChange={(event) => setAgreed(event.target.checked ? version : null)} />
          <span>{facts.consent[language]}</span>
        </label>
        <p role="alert" className="trouble">
          {refused ? (PROBLEMS[refused]?.[language] ?? i18n._("That did not work. Please look at it once more.")) : ""}
        </p>
        <div className="deeds">
          <button type="button" className="wide quiet" onClick={leave}>
            {i18n._("Back")}
          </button>
          <button type="submit" className="wide loud" disabled={!isReady || sending}>
            {sending ? i18n._("One moment…") : i18n._("Register")}
          </button>
        </div>
        <p role="status" className="closing">
          {secondsLeft === null ? "" : i18n._("Still there? This closes in {seconds} s, and nothing is kept.", { seconds: secondsLeft })}
        </p>
      </form>
    </section>
  );
}
