import Button from "../parts/Button";
import { useWorkspace } from "../../hooks/context";
import { useDraft } from "../../hooks/draft";
import { i18n } from "../../i18n";
import { PeopleField } from "../people/PeopleField";
import { Chips } from "../parts/Chips";
import { LineField, TextField, WhenField } from "../parts/Field";
import { Sheet } from "../parts/Sheet";
import { useSnack } from "../parts/snack";
import { dayOn, type Visit } from "../rows/visits";
import { weights } from "../words/choices";
import { useNow } from "../words/now";
import { changesOf, detailsOf, type PlanDetails, type PlanUpdate } from "./plan_details";

/** Time, place, purpose, weight and company of a visit that has not begun. Named colleagues are told by the office. */
export function EditPlan({ visit, onClose }: { readonly visit: Visit; readonly onClose: () => void }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const zone = workspace.person.organisation.timezone;
  const before = detailsOf(visit, zone);
  const name = `visit-plan:${visit.id}`;
  const draft = useDraft<PlanDetails>(name, before);
  const form = draft.value ?? before;
  const day = dayOn(visit, zone, useNow());
  const put = (changes: PlanUpdate, options?: { draft: string }) =>
    workspace.act((group) => {
      if (Object.keys(changes).length > 0) group.update("visits", visit.id, changes);
    }, options);
  const save = async () => {
    await put(changesOf(before, form, day, zone), { draft: name });
    say(i18n._("The plan is changed."), () => void put(changesOf(form, before, day, zone)));
    onClose();
  };
  return (
    <Sheet
      title={i18n._("Change the plan")}
      onClose={onClose}
      foot={
        <Button color="primary" size="large" onClick={() => void save()}>
          {i18n._("Save")}
        </Button>
      }
    >
      <PeopleField labelled label={i18n._("Who comes along (optional)")} value={form.people} onChange={(people) => {
        draft.set({ people });
      }} />
      <WhenField kind="time" label={i18n._("Time (optional)")} value={form.clock} onChange={(clock) => {
        draft.set({ clock });
      }} />
      <LineField label={i18n._("Place (optional)")} value={form.place} most={200} onChange={(place) => {
        draft.set({ place });
      }} />
      <TextField label={i18n._("Purpose (optional)")} value={form.purpose} most={500} onChange={(purpose) => {
        draft.set({ purpose });
      }} />
      <Chips label={i18n._("Importance")} required choices={weights()} value={String(form.importance)} onChange={(value) => {
        draft.set({ importance: Number(value) });
      }} />
      <Chips label={i18n._("Urgency")} required choices={weights()} value={String(form.urgency)} onChange={(value) => {
        draft.set({ urgency: Number(value) });
      }} />
    </Sheet>
  );
}
