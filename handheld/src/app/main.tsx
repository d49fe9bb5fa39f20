import "antd-mobile/es/global";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { preferredLocale, speak } from "../i18n";
import { App } from "./App";

speak(preferredLocale(null, navigator.languages));
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <App />
    </StrictMode>,
  );
}
