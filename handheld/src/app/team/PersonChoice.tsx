import { useId } from "react";
import { i18n } from "../../i18n";
import css from "../parts/Field.module.css";

interface Props {
  readonly people: readonly { readonly id: string; readonly name: string }[];
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

/** One of a team, or all of it. The system's own list, because a team may have two hundred. */
export function PersonChoice({ people, value, onChange }: Props) {
  const id = useId();
  return (
    <div className={css.field}>
      <label className={css.label} htmlFor={id}>
        {i18n._("Person")}
      </label>
      <select
        id={id}
        className={css.native}
        value={value ?? ""}
        onChange={(event) => {
          onChange(event.target.value === "" ? null : event.target.value);
        }}
      >
        <option value="">{i18n._("Everybody")}</option>
        {people.map((each) => (
          <option key={each.id} value={each.id}>
            {each.name}
          </option>
        ))}
      </select>
    </div>
  );
}
