import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Row } from "../parts/Block";
import Button from "../parts/Button";
import { SearchField } from "../parts/SearchField";
import css from "../parts/Field.module.css";
import { fold, initialsOf } from "../customers/directory";
import { listOf, peopleOf } from "./list";

interface Props {
  readonly label: string;
  /** Ids with a space between, as rows hold them; null is nobody. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
  /** The label stands above, where no title says it. */
  readonly labelled?: boolean;
}

/** So many are offered before more of the name has to be typed. */
const OFFERED = 6;
/** As many as the server takes. */
const MOST = 20;

/** Part of the name, or its first letters: 陈静 by c, cj or 静. */
function isCalled(name: string, typed: string): boolean {
  const folded = fold(name);
  return folded.includes(typed) || initialsOf(folded).includes(typed);
}

/** Colleagues, chosen by name one after the other. */
export function PeopleField({ label, value, onChange, labelled = false }: Props) {
  const { person } = useWorkspace();
  const [query, setQuery] = useState("");
  const staff = useLive((read) => read.all("staff"), []) ?? [];
  const chosen = peopleOf(value);
  const typed = fold(query);
  const found =
    typed === "" || chosen.length >= MOST
      ? []
      : staff
          .filter((each) => each.state === "active" && each.id !== person.user.id && !chosen.includes(each.id))
          .filter((each) => isCalled(each.name, typed))
          .slice(0, OFFERED);
  return (
    <section aria-label={label}>
      {labelled && <span className={css.label}>{label}</span>}
      <SearchField label={label} placeholder={i18n._("Name of a colleague")} value={query} onChange={setQuery} />
      {found.map((each) => (
        <Row
          key={each.id}
          title={each.name}
          sub={each.title ?? undefined}
          onTap={() => {
            setQuery("");
            onChange(listOf([...chosen, each.id]));
          }}
        />
      ))}
      {typed !== "" && found.length === 0 && <p>{i18n._("No other colleague of that name.")}</p>}
      {chosen.map((id) => (
        <Row
          key={id}
          title={staff.find((each) => each.id === id)?.name ?? i18n._("A colleague")}
          right={
            <Button
              fill="outline"
              onClick={() => {
                onChange(listOf(chosen.filter((each) => each !== id)));
              }}
            >
              {i18n._("Take off")}
            </Button>
          }
        />
      ))}
    </section>
  );
}
