import { lingui } from "@lingui/vite-plugin";
import react from "@vitejs/plugin-react";
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { VitePWA } from "vite-plugin-pwa";
import { defineConfig } from "vitest/config";

const { version } = JSON.parse(readFileSync(new URL("package.json", import.meta.url), "utf8")) as { version: string };
const here = (name: string) => fileURLToPath(new URL(name, import.meta.url));

export default defineConfig({
  base: "/app/",
  plugins: [
    react(),
    lingui(),
    VitePWA({
      // Asks before it takes over: a reload in the middle of a form is a person's decision (src/app/update).
      registerType: "prompt",
      strategies: "injectManifest",
      srcDir: "src",
      filename: "sw.ts",
      injectRegister: false,
      manifest: {
        id: "/app/",
        name: "Doorstep",
        short_name: "Doorstep",
        start_url: "/app/",
        scope: "/app/",
        display: "standalone",
        background_color: "#f5f7fb",
        theme_color: "#0b5fff",
        icons: [
          { src: "/app/icon.svg", sizes: "any", type: "image/svg+xml" },
          { src: "/app/icon-192.png", sizes: "192x192", type: "image/png" },
          { src: "/app/icon-512.png", sizes: "512x512", type: "image/png", purpose: "any maskable" },
        ],
      },
      injectManifest: {
        globPatterns: ["**/*.{js,css,html,svg,png,wasm,webmanifest}"],
        maximumFileSizeToCacheInBytes: 4 * 1024 * 1024,
        // The worker also runs at /kiosk/, from where relative addresses would point elsewhere.
        modifyURLPrefix: { "": "/app/" },
      },
    }),
  ],
  build: {
    target: ["chrome111", "edge111", "safari16.4", "firefox121"],
    // Nothing is inlined: the pages allow no script, style or font that is written into them.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rolldownOptions: {
      input: { app: here("index.html"), kiosk: here("kiosk/index.html") },
    },
  },
  server: { proxy: Object.fromEntries(["/mobile", "/api", "/kiosk/v1"].map((path) => [path, "http://127.0.0.1:8080"])) },
  define: { __APP_VERSION__: JSON.stringify(version) },
  test: { include: ["tests/**/*.test.{ts,tsx}"], environment: "node", restoreMocks: true },
});
