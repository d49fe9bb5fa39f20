import ConfigProvider from "antd-mobile/es/components/config-provider";
import enUS from "antd-mobile/es/locales/en-US";
import zhCN from "antd-mobile/es/locales/zh-CN";
import { useEffect } from "react";
import { Router } from "wouter";
import type { Handheld } from "../device/api";
import { HandheldContext, WorkspaceContext } from "../hooks/context";
import { useDeviceState, useSyncStatus } from "../hooks/live";
import { LanguageContext, useLanguages } from "./me/language";
import { Snacks } from "./parts/snack";
import { RightsProvider } from "./rights/useRights";
import { forgetRemembered } from "./shell/remembered";
import { Shell } from "./shell/Shell";
import { FirstSyncScreen } from "./signin/FirstSyncScreen";
import { RevokedScreen } from "./signin/RevokedScreen";
import { SignInScreen } from "./signin/SignInScreen";
import { StartingScreen } from "./signin/StartingScreen";

/** The whole app around one device. A change of language draws everything anew; what was being typed is kept as a draft. */
export function App({ handheld }: { readonly handheld: Handheld }) {
  const languages = useLanguages(handheld);
  return (
    <HandheldContext value={handheld}>
      <LanguageContext value={languages}>
        <ConfigProvider locale={languages.spoken === "en" ? enUS : zhCN} key={languages.spoken}>
          <Router base="/app">
            <Snacks>
              <Root />
            </Snacks>
          </Router>
        </ConfigProvider>
      </LanguageContext>
    </HandheldContext>
  );
}

function Root() {
  const state = useDeviceState();
  switch (state.kind) {
    case "starting":
      return <StartingScreen />;
    case "signed-out":
      return <SignInScreen people={state.people} />;
    case "revoked":
      return <RevokedScreen person={state.person} wipe={state.wipe} handedIn={state.handedIn} />;
    case "open":
      return (
        <WorkspaceContext value={state.workspace} key={state.workspace.person.user.id}>
          <Opened />
        </WorkspaceContext>
      );
  }
}

/** Until the first checkpoint is here, screens would show an empty office as if it were the truth. */
function Opened() {
  const status = useSyncStatus();
  useEffect(() => forgetRemembered, []);
  if (!status) return <StartingScreen />;
  return status.first ? <FirstSyncScreen status={status} /> : (
    <RightsProvider>
      <Shell />
    </RightsProvider>
  );
}
