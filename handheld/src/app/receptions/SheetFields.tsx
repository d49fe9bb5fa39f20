import { useId } from "react";
import { i18n } from "../../i18n";
import chips from "../parts/Chips.module.css";
import { Chips } from "../parts/Chips";
import { LineField, TextField } from "../parts/Field";
import { QuestionField } from "../questions/Asking";
import { sources } from "../words/choices";
import css from "./receptions.module.css";
import { areas, channels, floors, incomes, interests, orientations, PLACE_MOST, TEXT_MOST, type SheetForm } from "./sheet";

interface Props {
  readonly form: SheetForm;
  readonly onChange: (change: Partial<SheetForm>) => void;
  /** He was received: one of the ways is always chosen. */
  readonly required?: boolean;
  /** The form around it asks for it. */
  readonly withoutSource?: boolean;
}

/** What is asked when somebody is received: taps first, all that has to be typed folded away. */
export function SheetFields({ form, onChange, required = false, withoutSource = false }: Props) {
  return (
    <>
      <Chips
        label={i18n._("How he was received")}
        choices={channels()}
        value={form.channel}
        required={required}
        hint={form.channel === null ? i18n._("Tap how he came, and the contact sheet opens.") : undefined}
        onChange={(channel) => {
          onChange({ channel, begun: channel === null ? null : (form.begun ?? Date.now()) });
        }}
      />
      {form.channel !== null && <Sheet form={form} onChange={onChange} withoutSource={withoutSource} />}
    </>
  );
}

function Sheet({ form, onChange, withoutSource = false }: Props) {
  const id = useId();
  return (
    <>
      <div className={chips.field}>
        <span className={chips.label} id={id}>
          {i18n._("What matters to him")}
        </span>
        <div className={chips.chips} role="group" aria-labelledby={id}>
          {interests().map(({ value, text }) => {
            const chosen = form.interests.includes(value);
            return (
              <button
                key={value}
                type="button"
                className={chips.chip}
                aria-pressed={chosen}
                onClick={() => {
                  onChange({ interests: chosen ? form.interests.filter((each) => each !== value) : [...form.interests, value] });
                }}
              >
                {text}
              </button>
            );
          })}
        </div>
      </div>
      <Chips label={i18n._("Area")} choices={areas()} value={form.area} onChange={(area) => {
        onChange({ area });
      }} />
      <TextField label={i18n._("Impression")} value={form.impression} most={TEXT_MOST} placeholder={i18n._("Habits, goals, worries; for colleagues only")} onChange={(impression) => {
        onChange({ impression });
      }} />
      <QuestionField
        value={form.question ?? ""}
        onChange={(question) => {
          onChange({ question });
        }}
      />
      <details className={css.more}>
        <summary>{i18n._("More of the contact sheet")}</summary>
        {!withoutSource && (
          <Chips label={i18n._("How he heard of us")} choices={sources()} value={form.source} onChange={(source) => {
            onChange({ source });
          }} />
        )}
        <Chips label={i18n._("Orientation")} choices={orientations()} value={form.orientation} onChange={(orientation) => {
          onChange({ orientation });
        }} />
        <Chips label={i18n._("Floor")} choices={floors()} value={form.floor} onChange={(floor) => {
          onChange({ floor });
        }} />
        <Chips label={i18n._("Household income a year")} choices={incomes()} value={form.income} onChange={(income) => {
          onChange({ income });
        }} />
        <LineField label={i18n._("Where he works")} value={form.work_place} most={PLACE_MOST} onChange={(work_place) => {
          onChange({ work_place });
        }} />
        <LineField label={i18n._("Where he lives")} value={form.home_place} most={PLACE_MOST} onChange={(home_place) => {
          onChange({ home_place });
        }} />
        <TextField label={i18n._("Questions and suggestions")} value={form.suggestions} most={TEXT_MOST} onChange={(suggestions) => {
          onChange({ suggestions });
        }} />
      </details>
    </>
  );
}
