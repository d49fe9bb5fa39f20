import Button from "../parts/Button";
import { useState } from "react";
import type { Person } from "../../device/api";
import { useHandheld } from "../../hooks/context";
import { i18n } from "../../i18n";
import { Note } from "../parts/Block";
import css from "./signin.module.css";

interface Props {
  readonly person: Person | null;
  readonly wipe: boolean;
  readonly handedIn: boolean;
}

/** This device was shut out by the office. Says what becomes of the work that is on it. */
export function RevokedScreen({ person, wipe, handedIn }: Props) {
  const handheld = useHandheld();
  const [leaving, setLeaving] = useState(false);
  return (
    <main className={css.centre}>
      <div className={css.column}>
        <h1 className={css.hello}>{i18n._("This device was shut out")}</h1>
        <p>
          {person === null
            ? i18n._("Your organisation has withdrawn it.")
            : i18n._("{organisation} has withdrawn it from {name}.", { organisation: person.organisation.name, name: person.user.name })}
        </p>
        <Note tone={handedIn ? "good" : "warn"}>
          {handedIn
            ? i18n._("What had not been sent was handed in to the office, where a supervisor decides about it.")
            : i18n._("What has not been sent is being handed in to the office. Leave this open while there is a network.")}
        </Note>
        <Note tone="bad">
          {wipe
            ? i18n._("All data of Doorstep on this device is being deleted.")
            : i18n._("The data can no longer be opened here. If this is a mistake, ask your administrator.")}
        </Note>
        {handedIn && !wipe && (
          <Button
            block
            size="large"
            color="primary"
            loading={leaving}
            onClick={() => {
              setLeaving(true);
              void handheld.beginAnew();
            }}
          >
            {i18n._("Delete it here and sign in anew")}
          </Button>
        )}
      </div>
    </main>
  );
}
