import Button from "../parts/Button";
import { useState } from "react";
import type { SyncStatus } from "../../device/api";
import { deviceName } from "../../device/browser";
import { useHandheld, useWorkspace } from "../../hooks/context";
import { useLive, useSyncStatus } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block, Fact, Facts, Row } from "../parts/Block";
import { Screen } from "../parts/Screen";
import { Sheet } from "../parts/Sheet";
import { Tag } from "../parts/Tag";
import { useToMend } from "../mend/useToMend";
import { useMayAny } from "../rights/useRights";
import { UpdateBlock } from "../update/UpdateBlock";
import { useNow } from "../words/now";
import { sayInstant } from "../words/times";
import { isInstalled, useInstall } from "./install";
import { LanguageChips } from "./LanguageChips";
import css from "./me.module.css";
import { SETTINGS } from "./settings";
import { SignInAgain } from "./SignInAgain";

/** Who is signed in, how the device stands with the office, and its few settings. */
export function MeScreen() {
  const status = useSyncStatus();
  const may = useMayAny() ?? (() => false);
  const toMend = useToMend();
  return (
    <Screen title={i18n._("Me")}>
      {status?.trouble?.kind === "sign-in" && <SignInAgain />}
      <UpdateBlock />
      <Who />
      <Block>
        <Row
          to="/me/mend"
          title={i18n._("To mend")}
          sub={toMend === 0 ? i18n._("Nothing was refused") : i18n._("What the server refused, with the reason")}
          right={toMend !== undefined && toMend > 0 && <Tag tone="bad">{toMend}</Tag>}
        />
        {SETTINGS.filter(({ isFor }) => isFor?.(may) ?? true).map(({ path, name, sub }) => (
          <Row key={path} to={path} title={name()} sub={sub()} />
        ))}
      </Block>
      {status && <Syncing status={status} />}
      <Block>
        <LanguageChips />
      </Block>
      <Install />
      <Leave unsent={(status?.unsent ?? 0) + (status?.unsentFiles ?? 0)} />
    </Screen>
  );
}

function Who() {
  const { person } = useWorkspace();
  const me = useLive((read) => read.get("staff", person.user.id), [person.user.id]);
  const unit = useLive((read) => read.get("units", person.user.unit_id), [person.user.unit_id]);
  return (
    <Block>
      <p className={css.name}>{person.user.name}</p>
      <Facts>
        <Fact name={i18n._("Organisation")}>{person.organisation.name}</Fact>
        {unit && <Fact name={i18n._("Team")}>{unit.name}</Fact>}
        {me?.title && <Fact name={i18n._("Position")}>{me.title}</Fact>}
        <Fact name={i18n._("User name")}>{person.username}</Fact>
        <Fact name={i18n._("This device")}>{deviceName(navigator.userAgent)}</Fact>
      </Facts>
    </Block>
  );
}

function Syncing({ status }: { readonly status: SyncStatus }) {
  const { sync, person } = useWorkspace();
  const now = useNow();
  return (
    <Block title={i18n._("Syncing")}>
      <Facts>
        <Fact name={i18n._("Last time")}>
          {status.lastSync === null ? i18n._("Never yet") : sayInstant(status.lastSync, now, person.organisation.timezone)}
        </Fact>
        <Fact name={i18n._("Not sent yet")}>{status.unsent + status.unsentFiles}</Fact>
        {status.trouble?.requestId && <Fact name={i18n._("For a report")}>{[status.trouble.code, status.trouble.requestId].join(" ")}</Fact>}
      </Facts>
      <Button block size="large" fill="outline" color="primary" loading={status.syncing} onClick={() => void sync.now()}>
        {i18n._("Sync now")}
      </Button>
    </Block>
  );
}

function Install() {
  const install = useInstall();
  if (isInstalled()) return null;
  return (
    <Block title={i18n._("On the home screen")}>
      {install ? (
        <Button block size="large" fill="outline" color="primary" onClick={install}>
          {i18n._("Install the app")}
        </Button>
      ) : (
        <p>{i18n._("In the browser's menu choose “Add to home screen”. Then Doorstep opens like any app, without a network too.")}</p>
      )}
    </Block>
  );
}

function Leave({ unsent }: { readonly unsent: number }) {
  const handheld = useHandheld();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button
        block
        size="large"
        fill="outline"
        color="danger"
        onClick={() => {
          setOpen(true);
        }}
      >
        {i18n._("Sign out")}
      </Button>
      {open && (
        <Sheet
          title={i18n._("Sign out?")}
          onClose={() => {
            setOpen(false);
          }}
          foot={
            <Button color="danger" size="large" onClick={() => void handheld.signOut()}>
              {i18n._("Sign out")}
            </Button>
          }
        >
          {unsent > 0 && (
            <p>
              <strong>
                {i18n._("{n, plural, one {# change has not been sent. It stays on this device and is sent when you sign in here again.} other {# changes have not been sent. They stay on this device and are sent when you sign in here again.}}", { n: unsent })}
              </strong>
            </p>
          )}
          <p>{i18n._("Half-filled forms stay too. Nobody else who signs in here sees them. Signing in again needs a network.")}</p>
        </Sheet>
      )}
    </>
  );
}
