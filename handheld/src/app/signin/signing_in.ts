/** Signing in, from the sign-in screen or again after the server has ended a session. */
import { useState } from "react";
import type { Credentials, SignIn } from "../../device/api";
import { useHandheld } from "../../hooks/context";
import { i18n } from "../../i18n";
import { sayProblem } from "../words/problems";

export type Refused = Extract<SignIn, { readonly done: false }>;

export function useSigningIn() {
  const handheld = useHandheld();
  const [busy, setBusy] = useState(false);
  const [refused, setRefused] = useState<Refused | null>(null);
  const signIn = async (given: Credentials) => {
    setBusy(true);
    setRefused(null);
    const answer = await handheld.signIn(given);
    // When it went well the form is gone.
    if (answer.done) return;
    setBusy(false);
    setRefused(answer);
  };
  return { busy, refused, signIn };
}

export function sayRefusal({ code, retryAfter }: Refused): string {
  switch (code) {
    case "offline":
      return i18n._("No network. Signing in needs one; everything after it does not.");
    case "not-doorstep":
      return i18n._("The answer did not come from Doorstep. In a hotel or guest network, sign in to that network first.");
    default:
      return sayProblem(code, { retry_after: retryAfter ?? "…" });
  }
}
