/** The two languages. `i18n._("Text in English")` is how every text is said; `npm run texts` collects them into *.po. */
import { i18n } from "@lingui/core";
import { messages as en } from "./en.po";
import { messages as zh } from "./zh.po";

export type Locale = "zh-CN" | "en";

i18n.load({ "zh-CN": zh, en });

/** The language to start in: what was chosen before on this device, else what the browser asks for. */
export function preferredLocale(chosen: string | null, wanted: readonly string[]): Locale {
  const tag = chosen ?? wanted.find((each) => /^(zh|en)\b/i.test(each)) ?? "zh-CN";
  return tag.toLowerCase().startsWith("en") ? "en" : "zh-CN";
}

/** Speaks this language from now on, in the document's own mark too. */
export function speak(locale: Locale): void {
  i18n.activate(locale);
  document.documentElement.lang = locale;
}

export { i18n };
