/** Which language the app speaks: what was chosen on this device, else what the person's account says, else the browser's. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState } from "react";
import type { Handheld } from "../../device/api";
import { useValue } from "../../hooks/live";
import { i18n, preferredLocale, speak, type Locale } from "../../i18n";

const PREFERENCE = "language";

export interface Languages {
  readonly spoken: Locale;
  /** Chosen on this device; null: follows the account. */
  readonly chosen: Locale | null;
  readonly choose: (locale: Locale | null) => void;
}

export const LanguageContext = createContext<Languages | null>(null);

export function useLanguage(): Languages {
  const languages = useContext(LanguageContext);
  if (!languages) throw new Error("no LanguageContext above");
  return languages;
}

export function useLanguages(handheld: Handheld): Languages {
  const state = useValue(handheld.state);
  const account = state?.kind === "open" ? state.workspace.person.user.locale : null;
  const [chosen, setChosen] = useState<Locale | null>(null);
  useEffect(() => {
    void handheld.preferences.get(PREFERENCE).then((kept) => {
      if (kept === "zh-CN" || kept === "en") setChosen(kept);
    });
  }, [handheld]);
  const spoken = preferredLocale(chosen ?? account, navigator.languages);
  // Before the children are drawn, so that none of them speaks the former language once.
  if (i18n.locale !== spoken) speak(spoken);
  const choose = useCallback(
    (locale: Locale | null) => {
      // Kept before it is spoken: what is seen outlives the app, however soon it is closed.
      void handheld.preferences.set(PREFERENCE, locale ?? "").finally(() => {
        setChosen(locale);
      });
    },
    [handheld],
  );
  return useMemo(() => ({ spoken, chosen, choose }), [spoken, chosen, choose]);
}
