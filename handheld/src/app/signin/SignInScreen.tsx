import Button from "../parts/Button";
import { useEffect, useState } from "react";
import type { KnownPerson } from "../../device/api";
import { i18n } from "../../i18n";
import { LanguageChips } from "../me/LanguageChips";
import { Block, Note, Row } from "../parts/Block";
import { LineField } from "../parts/Field";
import { readDemo, type DemoAccounts } from "./demo";
import { sayRefusal, useSigningIn } from "./signing_in";
import css from "./signin.module.css";

/** Signing in enrols this device. The one thing that needs a network; says so when there is none. */
export function SignInScreen({ people }: { readonly people: readonly KnownPerson[] }) {
  const last = people[0];
  const [organisation, setOrganisation] = useState(last?.organisation.code ?? "");
  const [username, setUsername] = useState(last?.username ?? "");
  const [password, setPassword] = useState("");
  const { busy, refused, signIn } = useSigningIn();
  const demo = useDemo();
  const complete = organisation.trim() !== "" && username.trim() !== "" && password !== "";
  return (
    <main className={css.page}>
      <div className={css.column}>
        <header className={css.brand}>
          <img src={`${import.meta.env.BASE_URL}icon.svg`} alt="" width="56" height="56" />
          <h1>{i18n._("Sign in to Doorstep")}</h1>
          <p>{i18n._("This device is registered to you. Afterwards it works without a network.")}</p>
        </header>
        <People people={people} onChoose={(person) => {
          setOrganisation(person.organisation.code);
          setUsername(person.username);
          setPassword("");
        }} />
        <form
          className={css.form}
          onSubmit={(event) => {
            event.preventDefault();
            if (complete && !busy) void signIn({ organisation: organisation.trim(), username: username.trim(), password });
          }}
        >
          <LineField label={i18n._("Organisation code")} value={organisation} onChange={setOrganisation} autoComplete="organization" />
          <LineField label={i18n._("User name")} value={username} onChange={setUsername} autoComplete="username" />
          <LineField
            label={i18n._("Password")}
            kind="password"
            value={password}
            onChange={setPassword}
            autoComplete="current-password"
          />
          {refused && <Note tone="bad">{sayRefusal(refused)}</Note>}
          <Button type="submit" color="primary" size="large" block loading={busy} disabled={!complete}>
            {i18n._("Sign in")}
          </Button>
        </form>
        {demo && (
          <Demo
            demo={demo}
            onChoose={(name) => {
              setOrganisation(demo.organisation);
              setUsername(name);
              setPassword(demo.password);
            }}
          />
        )}
        <LanguageChips />
      </div>
    </main>
  );
}

function useDemo(): DemoAccounts | null {
  const [demo, setDemo] = useState<DemoAccounts | null>(null);
  useEffect(() => {
    const gone = new AbortController();
    void readDemo(gone.signal).then(setDemo);
    return () => {
      gone.abort();
    };
  }, []);
  return demo;
}

function People({ people, onChoose }: { readonly people: readonly KnownPerson[]; readonly onChoose: (person: KnownPerson) => void }) {
  const waiting = people.filter((each) => each.unsent > 0);
  if (people.length < 2 && waiting.length === 0) return null;
  return (
    <Block title={i18n._("On this device")}>
      {people.map((person) => (
        <Row
          key={`${person.organisation.id} ${person.user.id}`}
          title={person.user.name}
          sub={
            person.unsent > 0
              ? i18n._("{n, plural, one {# change not sent yet; sign in to send it} other {# changes not sent yet; sign in to send them}}", {
                  n: person.unsent,
                })
              : person.organisation.name
          }
          onTap={() => {
            onChoose(person);
          }}
        />
      ))}
    </Block>
  );
}

function Demo({ demo, onChoose }: { readonly demo: DemoAccounts; readonly onChoose: (username: string) => void }) {
  return (
    <Block title={i18n._("Demo accounts")}>
      <p className={css.soft}>{i18n._("Tap one to fill in the form.")}</p>
      <div className={css.accounts}>
        {demo.users.map((user) => (
          <button
            key={user.username}
            type="button"
            onClick={() => {
              onChoose(user.username);
            }}
          >
            <strong>{user.username}</strong>
            <span>{i18n.locale === "en" ? user.en : user.zh}</span>
          </button>
        ))}
      </div>
    </Block>
  );
}
