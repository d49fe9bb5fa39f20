import "antd-mobile/es/global";
import "./look/tokens.css";
import "./look/base.css";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { startDevice } from "../device/browser";
import { preferredLocale, speak } from "../i18n";
import { App } from "./App";
import { listenForInstall } from "./me/install";
import { keepApp } from "./update/update";

speak(preferredLocale(null, navigator.languages));
listenForInstall();
keepApp();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App handheld={startDevice()} />
    </StrictMode>,
  );
}
