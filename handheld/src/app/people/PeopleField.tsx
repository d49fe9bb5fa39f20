import { useState } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Row } from "../parts/Block";
import Button from "../parts/Button";
import { SearchField } from "../parts/SearchField";
import { listOf, peopleOf } from "./list";

interface Props {
  readonly label: string;
  /** Ids with a space between, as rows hold them; null is nobody. */
  readonly value: string | null;
  readonly onChange: (value: string | null) => void;
}

/** So many are offered before more of the name has to be typed. */
const OFFERED = 6;
/** As many as the server takes. */
const MOST = 20;

/** Colleagues, chosen by name one after the other. */
export function PeopleField({ label, value, onChange }: Props) {
  const { person } = useWorkspace();
  const [query, setQuery] = useState("");
  const staff = useLive((read) => read.all("staff"), []) ?? [];
  const chosen = peopleOf(value);
  const typed = query.trim().toLowerCase();
  const found =
    typed === "" || chosen.length >= MOST
      ? []
      : staff
          .filter((each) => each.state === "active" && each.id !== person.user.id && !chosen.includes(each.id))
          .filter((each) => each.name.toLowerCase().includes(typed))
          .slice(0, OFFERED);
  return (
    <section aria-label={label}>
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
