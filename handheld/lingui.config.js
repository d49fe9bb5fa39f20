import { formatter } from "@lingui/format-po";

/** English is the text in the code; zh is what the people who carry it read. DOORSTEP_TEXTS: where to write, for the check. */
export default {
  locales: ["en", "zh"],
  sourceLocale: "en",
  catalogs: [{ path: `${process.env.DOORSTEP_TEXTS ?? "<rootDir>/src/i18n"}/{locale}`, include: ["<rootDir>/src"] }],
  format: formatter({ origins: false, lineNumbers: false, printLinguiId: false }),
  orderBy: "messageId",
};
