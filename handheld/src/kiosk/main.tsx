import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { i18n, preferredLocale, speak } from "../i18n";

speak(preferredLocale(null, navigator.languages));
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <h1>{i18n._("Doorstep")}</h1>
    </StrictMode>,
  );
}
