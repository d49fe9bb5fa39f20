/** How the kiosk is, for the staff: a line at the foot, and more when it is touched. Nothing of it is secret. */
import type { ReactNode } from "react";
import { i18n } from "../../i18n";
import type { CameraState } from "../reader/camera";
import type { State } from "../station/api";

type Ready = Extract<State, { readonly kind: "ready" }>;

export function Foot({ state, camera, open }: { readonly state: Ready; readonly camera: CameraState; readonly open: () => void }) {
  const isWell = state.online !== false && (camera === "on" || camera === "starting");
  return (
    <footer data-waiting={state.waiting} data-online={String(state.online)}>
      <button type="button" className="foot" onClick={open}>
        <i className={isWell ? "dot well" : "dot"} />
        <span>
          {i18n._("Kiosk {number}", { number: state.facts?.number ?? "–" })} · {lineOf(state)}
        </span>
      </button>
    </footer>
  );
}

export function Status({ state, camera, turn, leave }: {
  readonly state: Ready;
  readonly camera: CameraState;
  readonly turn: () => void;
  readonly leave: () => void;
}) { // prettier-ignore
  const { facts } = state;
  return (
    <section className="cover sheet" role="dialog" aria-modal="true" aria-labelledby="status-title">
      <div className="status">
        <h1 id="status-title">{i18n._("For the staff")}</h1>
        <dl>
          <Fact name={i18n._("Kiosk")}>{facts ? `${facts.number} · ${facts.name} · ${facts.sales_centre}` : "–"}</Fact>
          <Fact name={i18n._("Network")}>{lineOf(state)}</Fact>
          <Fact name={i18n._("Camera")}>{cameraText(camera)}</Fact>
          <Fact name={i18n._("Reader that types")}>{i18n._("Always heard, whatever the keyboard layout")}</Fact>
        </dl>
        <div className="deeds">
          {camera !== "missing" && (
            <button type="button" className="wide quiet" onClick={turn}>
              {i18n._("Use the other camera")}
            </button>
          )}
          <button type="button" className="wide loud" onClick={leave}>
            {i18n._("Close")}
          </button>
        </div>
      </div>
    </section>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function lineOf({ online, waiting }: Ready): string {
  const line = online === false ? i18n._("without network") : online ? i18n._("connected") : i18n._("connecting…");
  return waiting === 0 ? line : `${line} · ${i18n._("{n, plural, one {# visit waits} other {# visits wait}}", { n: waiting })}`;
}

function cameraText(state: CameraState): string {
  switch (state) {
    case "on":
      return i18n._("works");
    case "starting":
      return i18n._("starting…");
    case "off":
      return i18n._("this page needs https for the camera");
    case "denied":
      return i18n._("not allowed; allow it in the browser's settings");
    case "missing":
      return i18n._("there is none");
    case "busy":
      return i18n._("in use elsewhere or disconnected; trying again");
    case "unreadable":
      return i18n._("the program that reads codes did not load; trying again");
  }
}
