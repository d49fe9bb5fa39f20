import Button from "../parts/Button";
import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Block, Note } from "../parts/Block";
import { LineField } from "../parts/Field";
import { sayRefusal, useSigningIn } from "../signin/signing_in";
import css from "./me.module.css";

/** The session ended while the app was in use. Everything stays; only the password is asked again. */
export function SignInAgain() {
  const { person } = useWorkspace();
  const [password, setPassword] = useState("");
  const { busy, refused, signIn } = useSigningIn();
  return (
    <Block title={i18n._("Sign in again")}>
      <p>{i18n._("The server has ended this session. Nothing is lost: sign in, and everything is sent.")}</p>
      <form
        className={css.form}
        onSubmit={(event) => {
          event.preventDefault();
          if (password !== "" && !busy) void signIn({ organisation: person.organisation.code, username: person.username, password });
        }}
      >
        <LineField
          label={i18n._("Password of {name}", { name: person.username })}
          kind="password"
          autoComplete="current-password"
          value={password}
          onChange={setPassword}
        />
        {refused && <Note tone="bad">{sayRefusal(refused)}</Note>}
        <Button type="submit" color="primary" size="large" block loading={busy} disabled={password === ""}>
          {i18n._("Sign in")}
        </Button>
      </form>
    </Block>
  );
}
