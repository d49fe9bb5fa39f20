import SpinLoading from "antd-mobile/es/components/spin-loading";
import { i18n } from "../../i18n";
import css from "./signin.module.css";

/** While the store is opened; seen for a moment at most. */
export function StartingScreen() {
  return (
    <main className={css.centre} aria-busy>
      <SpinLoading color="primary" aria-hidden />
      <p role="status">{i18n._("Opening…")}</p>
    </main>
  );
}
