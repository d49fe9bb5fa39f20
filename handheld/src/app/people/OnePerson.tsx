import { i18n } from "../../i18n";
import { Chips, type Choice } from "../parts/Chips";
import { OneOfMany } from "../parts/OneOfMany";

/** As many names are side by side; a team may have two hundred. */
const SOME = 12;

interface Props {
  readonly label: string;
  readonly people: readonly Choice<string>[];
  readonly value: string | null;
  /** What it is called that nobody is chosen. */
  readonly nobody: string;
  readonly onChange: (value: string | null) => void;
}

/** One person: with a tap while they are few, from the system's own list, by name, where they are many. */
export function OnePerson({ label, people, value, nobody, onChange }: Props) {
  if (people.length <= SOME) return <Chips label={label} choices={people} value={value} onChange={onChange} />;
  const byName = [...people].sort((one, other) => one.text.localeCompare(other.text, i18n.locale));
  return <OneOfMany label={label} choices={byName} value={value} all={nobody} onChange={onChange} />;
}
