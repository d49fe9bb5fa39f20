import Button from "../parts/Button";
import { i18n } from "../../i18n";
import { ExportButton } from "../exports/ExportButton";
import { customersOf } from "../exports/exporting";
import { Chips } from "../parts/Chips";
import { OnePerson } from "../people/OnePerson";
import { Sheet } from "../parts/Sheet";
import { useNames } from "../rows/staff";
import { GRADES, importances, needLevels, stages, urgencies } from "../words/choices";
import { countOf, WIDE, type Filter } from "./filters";

interface Props {
  readonly filter: Filter;
  /** What is searched for besides. */
  readonly query: string;
  /** Whose customers are on this device. */
  readonly owners: readonly string[];
  readonly onChange: (filter: Filter) => void;
  readonly onClose: () => void;
}

/** What the list is narrowed to; each tap counts at once. */
export function FilterSheet({ filter, query, owners, onChange, onClose }: Props) {
  const nameOf = useNames();
  const set = (change: Partial<Filter>) => {
    onChange({ ...filter, ...change });
  };
  return (
    <Sheet
      title={i18n._("Show only")}
      onClose={onClose}
      foot={
        <>
          <Button size="large" onClick={() => {
            onChange(WIDE);
          }}>
            {i18n._("Show all again")}
          </Button>
          <Button color="primary" size="large" onClick={onClose}>
            {i18n._("Close")}
          </Button>
        </>
      }
    >
      <Chips label={i18n._("Grade")} choices={GRADES} value={filter.grade} onChange={(grade) => {
        set({ grade });
      }} />
      <Chips label={i18n._("Expected to close")} choices={urgencies()} value={filter.urgency} onChange={(urgency) => {
        set({ urgency });
      }} />
      <Chips label={i18n._("Stage")} choices={stages()} value={filter.stage} onChange={(stage) => {
        set({ stage });
      }} />
      <Chips label={i18n._("Importance")} choices={importances()} value={filter.importance} onChange={(importance) => {
        set({ importance });
      }} />
      <Chips label={i18n._("Need")} choices={needLevels()} value={filter.need} onChange={(need) => {
        set({ need });
      }} />
      <Chips
        label={i18n._("In use")}
        choices={[{ value: "enabled", text: i18n._("In use") }, { value: "disabled", text: i18n._("Out of use") }]}
        value={filter.status}
        onChange={(status) => {
          set({ status });
        }}
      />
      {owners.length > 1 && (
        <OnePerson
          label={i18n._("Owner")}
          people={owners.map((value) => ({ value, text: nameOf(value) }))}
          nobody={i18n._("Everybody")}
          value={filter.owner}
          onChange={(owner) => {
            set({ owner });
          }}
        />
      )}
      <ExportButton
        may="customers.export"
        text={i18n._("Save these as a file")}
        wanted={customersOf(filter, query)}
        about={
          countOf(filter) === 0 && query.trim() === ""
            ? i18n._("All customers within your reach.")
            : i18n._("The customers within your reach that fit what is searched for and shown only.")
        }
      />
    </Sheet>
  );
}
