/** What the kiosk says: the server's texts, the same at all kiosks; until it has told them, our own. */
import { i18n, type Locale } from "../../i18n";
import type { Bilingual, StationFacts } from "../station/keep";

export const languageOf = (locale: Locale): "zh" | "en" => (locale === "en" ? "en" : "zh");
export const other = (locale: Locale): Locale => (locale === "en" ? "zh-CN" : "en");

const OURS: Readonly<Record<string, Bilingual>> = {
  invite: { zh: "请出示会员卡或会员码", en: "Please show your membership card or code" },
  welcome: { zh: "{name}，欢迎光临！", en: "Welcome, {name}!" },
  "welcome-offline": {
    zh: "欢迎光临！您的到访已记录，恢复网络后为您登记。",
    en: "Welcome! Your visit is noted and will be entered when the network is back.",
  },
  refused: {
    zh: "暂时无法识别，请到前台，我们很乐意帮您。",
    en: "We could not read that. Please come to the reception; we will gladly help.",
  },
  registered: {
    zh: "谢谢！请稍候，我们马上接待您。",
    en: "Thank you! Please take a seat; somebody will be with you.",
  },
};

export function said(facts: StationFacts | null, key: string, locale: Locale, name = ""): string {
  const text = facts?.texts[key] ?? OURS[key];
  return text ? text[languageOf(locale)].replace("{name}", name) : "";
}

/** What a membership is called; null for who has none. */
export function tierName(tier: string | null): string | null {
  const names: Readonly<Record<string, string>> = {
    silver: i18n._("Silver member"),
    gold: i18n._("Gold member"),
    platinum: i18n._("Platinum member"),
  };
  return tier === null ? null : (names[tier] ?? i18n._("Member"));
}
