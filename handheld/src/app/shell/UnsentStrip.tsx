import { Link } from "wouter";
import type { SyncStatus } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { useSyncStatus } from "../../hooks/live";
import { i18n } from "../../i18n";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import css from "./UnsentStrip.module.css";

type Tone = "calm" | "wait" | "bad";

/**
 * One line at the top that says what is unsent and since when, and nothing when all is sent and well. A tap syncs now;
 * where a person has to do something else, it leads there.
 */
export function UnsentStrip() {
  const { sync, person } = useWorkspace();
  const status = useSyncStatus();
  const now = useNow();
  if (!status) return null;
  const { tone, text } = say(status, now, person.organisation.timezone);
  if (text === null) return null;
  if (status.trouble?.kind === "sign-in") {
    return (
      <Link href="/me" className={css.strip}
      data-testid="strip" data-tone={tone}>
        <span>{text}</span>
        <strong>{i18n._("Sign in")}</strong>
      </Link>
    );
  }
  return (
    <button
      type="button"
      className={css.strip}
      data-testid="strip"
      data-tone={tone}
      aria-busy={status.syncing}
      onClick={() => void sync.now()}
      disabled={status.syncing}
    >
      <span role="status">{text}</span>
      {!status.syncing && <strong>{i18n._("Sync now")}</strong>}
    </button>
  );
}

function say(status: SyncStatus, now: number, zone: string): { tone: Tone; text: string | null } {
  const { unsent, unsentSince, unsentFiles, trouble, progress } = status;
  const waiting = [
    unsent > 0 && i18n._("{n, plural, one {# change not sent yet} other {# changes not sent yet}}", { n: unsent }),
    unsentFiles > 0 && i18n._("{n, plural, one {# picture not sent yet} other {# pictures not sent yet}}", { n: unsentFiles }),
    unsentSince !== null && unsent > 0 && i18n._("since {when}", { when: sayInstant(unsentSince, now, zone) }),
  ].filter((each) => each !== false);
  const joined = waiting.join(i18n._(", "));
  const kept = waiting.length > 0;

  if (trouble?.kind === "sign-in") return { tone: "bad", text: kept ? `${i18n._("Signed out by the server.")} ${joined}` : i18n._("Signed out by the server. Sign in to go on syncing.") };
  if (trouble?.kind === "upgrade") return { tone: "bad", text: `${i18n._("This app is too old to sync; reload it for the new one.")} ${joined}` };
  if (trouble?.kind === "blocked") return { tone: "bad", text: `${i18n._("Syncing is stuck; your work is kept. Tell your administrator.")} ${joined}` };
  if (status.syncing && progress) return { tone: "calm", text: i18n._("Syncing: {done} of {total}", progress) };
  if (status.syncing && kept) return { tone: "calm", text: `${i18n._("Sending…")} ${joined}` };
  if (!status.online) return { tone: "wait", text: kept ? `${i18n._("Offline.")} ${joined}` : i18n._("Offline. You can go on working; it is sent later.") };
  if (trouble) return { tone: "wait", text: kept ? `${i18n._("The server cannot be reached.")} ${joined}` : i18n._("The server cannot be reached. You can go on working.") };
  return { tone: "calm", text: kept ? joined : null };
}
