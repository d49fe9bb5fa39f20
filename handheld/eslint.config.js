import js from "@eslint/js";
import hooks from "eslint-plugin-react-hooks";
import globals from "./eslint.globals.js";
import typescript from "typescript-eslint";

/** The core decides what a device does. It gets storage, line, clock and key as arguments and knows no screen. */
const CORE = ["src/wire/**", "src/store/**", "src/queue/**", "src/sync/**", "src/session/**"];
const OUTSIDE = ["react*", "antd*", "dexie*", "@lingui/*", "workbox*", "zxing*", "wouter*"];

export default typescript.config(
  { ignores: ["dist", "node_modules"] },
  js.configs.recommended,
  ...typescript.configs.recommendedTypeChecked.map((config) => ({ ...config, files: ["**/*.{ts,tsx}"] })),
  {
    files: ["**/*.{ts,tsx}"],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      "@typescript-eslint/consistent-type-imports": "error",
      "@typescript-eslint/switch-exhaustiveness-check": "error",
      "@typescript-eslint/restrict-template-expressions": ["error", { allowNumber: true }],
      "@typescript-eslint/no-unused-vars": ["error", { argsIgnorePattern: "^_", varsIgnorePattern: "^_" }],
      eqeqeq: "error",
      "no-console": "error",
    },
  },
  {
    files: CORE.map((folder) => `${folder}/*.ts`),
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: OUTSIDE, message: "the core is pure: no screens, no database library" },
            {
              group: ["**/app/**", "**/kiosk/**", "**/hooks/**", "**/storage/**", "**/device/**", "**/i18n/**", "**/worker/**"],
              message: "the core does not know who uses it",
            },
          ],
        },
      ],
      "no-restricted-globals": [
        "error",
        ...["fetch", "indexedDB", "localStorage", "sessionStorage", "navigator", "window", "document", "location"],
        ...["setTimeout", "setInterval", "BroadcastChannel", "WebSocket"],
      ],
      "no-restricted-properties": ["error", { object: "Date", property: "now", message: "the clock is an argument" }],
    },
  },
  {
    files: ["src/kiosk/cards/**/*.ts", "src/kiosk/station/**/*.ts", "src/kiosk/reader/{wedge,layouts,held}.ts", "src/kiosk/screens/machine.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        {
          patterns: [
            { group: OUTSIDE, message: "this half of the kiosk is pure: no screens, no database library" },
            { group: ["**/browser/**", "**/app/**", "**/hooks/**"], message: "it does not know where it runs" },
          ],
        },
      ],
      "no-restricted-globals": [
        "error",
        ...["indexedDB", "localStorage", "navigator", "window", "document", "location", "setTimeout", "setInterval", "performance"],
      ],
      "no-restricted-properties": ["error", { object: "Date", property: "now", message: "the clock is an argument" }],
    },
  },
  {
    files: ["src/wire/**/*.ts"],
    rules: {
      "no-restricted-imports": [
        "error",
        { patterns: [{ group: ["../*"], message: "the wire stands on nothing" }, { group: OUTSIDE }] },
      ],
    },
  },
  { files: ["src/**/*.tsx", "src/hooks/**"], ...hooks.configs.flat.recommended },
  { files: ["scripts/**", "e2e/**", "*.js"], languageOptions: { globals } },
);
