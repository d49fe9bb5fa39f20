import { i18n, type Locale } from "../../i18n";
import { Chips } from "../parts/Chips";
import { useLanguage } from "./language";

/** Each language in its own words, so that whoever reads only one finds it. */
export function LanguageChips() {
  const { spoken, choose } = useLanguage();
  return (
    <Chips<Locale>
      label={i18n._("Language")}
      required
      choices={[
        { value: "zh-CN", text: "简体中文" },
        { value: "en", text: "English" },
      ]}
      value={spoken}
      onChange={(locale) => {
        choose(locale);
      }}
    />
  );
}
