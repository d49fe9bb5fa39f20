/** What stands there when nobody does: what to show, where to hold it, and where to begin without a card. */
import { useEffect, useRef, useState } from "react";
import { i18n, type Locale } from "../../i18n";
import { Camera, type CameraState, type Facing } from "../reader/camera";
import type { StationFacts } from "../station/keep";
import { CardAndPhone } from "./pictures";
import { other, said } from "./words";

interface Given {
  readonly facts: StationFacts | null;
  readonly locale: Locale;
  readonly facing: Facing;
  readonly canRegister: boolean;
  readonly found: (text: string) => void;
  readonly became: (state: CameraState) => void;
  readonly register: () => void;
}

export function Invitation({ facts, locale, facing, canRegister, found, became, register }: Given) {
  const second = other(locale);
  return (
    <main className="invitation">
      <Window facing={facing} found={found} became={became} />
      <div className="words">
        <div className="shows">
          <CardAndPhone />
        </div>
        <h1>{said(facts, "invite", locale)}</h1>
        <p lang={second} className="second">
          {said(facts, "invite", second)}
        </p>
        <button type="button" className="wide quiet" disabled={!canRegister} onClick={register}>
          <strong>{i18n._("First visit?")}</strong>
          <span>{canRegister ? i18n._("Register here, it takes a few seconds") : i18n._("Please come to the reception")}</span>
        </button>
      </div>
    </main>
  );
}

/** The visitor sees himself and what he holds; where there is no camera, a drawing of what to hold to the reader. */
function Window({ facing, found, became }: Pick<Given, "facing" | "found" | "became">) {
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<CameraState>("starting");
  useEffect(() => {
    if (!video.current) return;
    const camera = new Camera(video.current, facing, found, (now) => {
      setState(now);
      became(now);
    });
    camera.start();
    return () => camera.end();
  }, [facing, found, became]);
  const isOn = state === "on";
  return (
    <div className={`window ${isOn ? "on" : ""}`} data-camera={state}>
      <video ref={video} muted playsInline aria-hidden="true" className={facing === "user" ? "mirrored" : ""} />
      <CardAndPhone />
      <i className="beam" />
      <p className="hint">{isOn ? i18n._("Hold the code into the frame") : i18n._("Hold the card to the reader, or come to the reception")}</p>
    </div>
  );
}
