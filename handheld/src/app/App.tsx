import { i18n } from "../i18n";

export function App() {
  return <h1>{i18n._("Doorstep")}</h1>;
}
