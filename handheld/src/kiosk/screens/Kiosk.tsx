/** The whole screen: which of its states is shown, and what readers and fingers bring about. */
import { useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState, useSyncExternalStore } from "react";
import { i18n, speak, type Locale } from "../../i18n";
import type { CameraState, Facing } from "../reader/camera";
import { Held } from "../reader/held";
import { hearTyping } from "../reader/typing";
import type { State, Visitor } from "../station/api";
import type { Station } from "../station/station";
import type { Source } from "../station/statements";
import { AnswerScreen } from "./AnswerScreen";
import { Closed } from "./Closed";
import { Enrol } from "./Enrol";
import { Header } from "./Header";
import { Invitation } from "./Invitation";
import { AT_FIRST, next, WARNING_MS, type Happening, type Show } from "./machine";
import { Register } from "./Register";
import { Foot, Status } from "./Status";

type Unstamped<H> = H extends unknown ? Omit<H, "now"> : never;
type Happen = (happening: Unstamped<Happening>) => void;

const TICK_MS = 250;

export interface Choices {
  readonly facing: Facing;
  readonly keepFacing: (facing: Facing) => void;
  /** Nobody is there: whoever wants to load a new version may. */
  readonly atRest: (isAtRest: boolean) => void;
}

export function Kiosk({ station, choices, locale: preferred }: { readonly station: Station; readonly choices: Choices; readonly locale: Locale }) {
  const state = useStation(station);
  const [show, happen, now] = useShow();
  const ownLocale: Locale = state.kind === "ready" && state.facts ? (state.facts.locale === "en" ? "en" : "zh-CN") : preferred;
  const locale = useSpoken(show.chosen?.locale ?? ownLocale);
  const isAtRest = show.screen.at === "invitation" && show.chosen === null;
  useEffect(() => choices.atRest(isAtRest), [choices, isAtRest]);

  const header = <Header facts={state.kind === "ready" ? state.facts : null} locale={locale} choose={(chosen) => happen({ kind: "chose", locale: chosen })} />;
  if (state.kind === "starting") return <div className="kiosk" />;
  if (state.kind === "unenrolled") {
    return (
      <div className="kiosk">
        {header}
        <Enrol locale={locale} enrol={(...given) => station.enrol(...given)} />
      </div>
    );
  }
  if (state.closed) {
    return (
      <div className="kiosk">
        {header}
        <Closed closed={state.closed} locale={locale} enrol={(...given) => station.enrol(...given)} />
      </div>
    );
  }
  return (
    <div className="kiosk" data-screen={show.screen.at}>
      {header}
      <Open station={station} state={state} choices={choices} show={show} happen={happen} locale={locale} now={now} />
    </div>
  );
}

interface OpenProps {
  readonly station: Station;
  readonly state: Extract<State, { readonly kind: "ready" }>;
  readonly choices: Choices;
  readonly show: Show;
  readonly happen: Happen;
  readonly locale: Locale;
  readonly now: number;
}

function Open({ station, state, choices, show, happen, locale, now }: OpenProps) {
  const { screen } = show;
  const [camera, setCamera] = useState<CameraState>("starting");
  const [facing, setFacing] = useState(choices.facing);
  const [refused, setRefused] = useState<string | null>(null);
  const read = useReading(station, show, happen);
  const leave = (): void => happen({ kind: "left" });
  const covered = screen.at !== "invitation";

  async function send(visitor: Visitor): Promise<void> {
    const { turn } = show;
    setRefused(null);
    happen({ kind: "sending" });
    const done = await station.register(visitor).catch(() => ({ kind: "away" }) as const);
    if (done.kind === "refused") {
      setRefused(done.code);
      happen({ kind: "refused-form" });
    } else happen({ kind: "answered", turn, said: { kind: done.kind === "taken" ? "registered" : "unsent" } });
  }

  return (
    <>
      <div className="behind" inert={covered}>
        <Invitation
          facts={state.facts}
          locale={locale}
          facing={facing}
          canRegister={state.facts !== null && state.online !== false}
          found={read.seen}
          became={setCamera}
          register={() => {
            setRefused(null);
            happen({ kind: "asked-form", visitor: station.newId() });
          }}
        />
        <Foot state={state} camera={camera} open={() => happen({ kind: "asked-status" })} />
      </div>
      {screen.at === "reading" && <Reading />}
      {screen.at === "answer" && <AnswerScreen key={show.turn} facts={state.facts} locale={locale} said={screen.said} leave={leave} />}
      {screen.at === "form" && state.facts && (
        <Register
          key={screen.visitor}
          facts={state.facts}
          locale={locale}
          visitor={screen.visitor}
          sending={screen.sending}
          refused={refused}
          secondsLeft={screen.sending || screen.until - now > WARNING_MS ? null : Math.max(0, Math.ceil((screen.until - now) / 1000))}
          send={(visitor) => void send(visitor)}
          touched={() => happen({ kind: "touched" })}
          leave={leave}
        />
      )}
      {screen.at === "status" && (
        <Status
          state={state}
          camera={camera}
          turn={() => {
            const turned = facing === "user" ? "environment" : "user";
            setFacing(turned);
            choices.keepFacing(turned);
          }}
          leave={leave}
        />
      )}
    </>
  );
}

function Reading() {
  return (
    <section className="cover reading" role="status">
      <i className="spinner" />
      <p>{i18n._("One moment…")}</p>
    </section>
  );
}

/** Both readers. The camera's finds count while nobody fills in a form; what is typed by a reader always does. */
function useReading(station: Station, show: Show, happen: Happen): { readonly seen: (text: string) => void } {
  const held = useRef(new Held());
  const latest = useRef({ show, happen });
  useLayoutEffect(() => {
    latest.current = { show, happen };
  });
  const read = useCallback(
    (text: string, source: Source): void => {
      // The turn that this reading will have; two in one moment are two turns.
      const turn = latest.current.show.turn + 1;
      latest.current = { ...latest.current, show: { ...latest.current.show, turn } };
      latest.current.happen({ kind: "shown" });
      void station
        .read(text, source)
        .catch(() => ({ kind: "refused" }) as const)
        .then((said) => latest.current.happen({ kind: "answered", turn, said }));
    },
    [station],
  );
  const seen = useCallback(
    (text: string): void => {
      const { at } = latest.current.show.screen;
      if (at === "form" || at === "status") return;
      if (held.current.isNew(text, performance.now())) read(text, "camera");
    },
    [read],
  );
  useEffect(() => hearTyping((text) => read(text, "wedge")), [read]);
  return { seen };
}

function useStation(station: Station): State {
  return useSyncExternalStore(
    useCallback((listener: () => void) => station.subscribe(listener), [station]),
    () => station.get(),
  );
}

function useShow(): [Show, Happen, number] {
  const [show, dispatch] = useReducer(next, AT_FIRST);
  const [now, setNow] = useState(() => performance.now());
  const happen = useCallback<Happen>((happening) => dispatch({ ...happening, now: performance.now() }), []);
  useEffect(() => {
    const timer = setInterval(() => {
      setNow(performance.now());
      happen({ kind: "tick" });
    }, TICK_MS);
    return () => clearInterval(timer);
  }, [happen]);
  return [show, happen, now];
}

function useSpoken(locale: Locale): Locale {
  useLayoutEffect(() => speak(locale), [locale]);
  return useSyncExternalStore(
    useCallback((listener: () => void) => i18n.on("change", listener), []),
    () => i18n.locale as Locale,
  );
}
