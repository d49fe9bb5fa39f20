import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { preferredLocale, speak } from "../i18n";
import { alone, holdStill, keepCurrent, stayAwake } from "./browser/page";
import { surroundings } from "./browser/surroundings";
import "./kiosk.css";
import { Kiosk, type Choices } from "./screens/Kiosk";
import { Mishap } from "./screens/Mishap";
import { Unable } from "./screens/Unable";
import { Station } from "./station/station";

const FACING = "kiosk-camera";
const locale = preferredLocale(null, navigator.languages);
speak(locale);
const element = document.getElementById("root");

if (element) {
  const root = createRoot(element);
  holdStill();
  if (!window.isSecureContext) {
    root.render(<Unable why="insecure" />);
  } else {
    stayAwake();
    const atRest = keepCurrent();
    root.render(<Unable why="elsewhere" />);
    alone(() => {
      const station = new Station(surroundings());
      const choices: Choices = {
        facing: localStorage.getItem(FACING) === "environment" ? "environment" : "user",
        keepFacing: (facing) => localStorage.setItem(FACING, facing),
        atRest,
      };
      window.addEventListener("online", () => station.networkChanged(true));
      window.addEventListener("offline", () => station.networkChanged(false));
      station.start().catch(() => root.render(<Unable why="storage" />));
      root.render(
        <StrictMode>
          <Mishap>
            <Kiosk station={station} choices={choices} locale={locale} />
          </Mishap>
        </StrictMode>,
      );
    });
  }
}
