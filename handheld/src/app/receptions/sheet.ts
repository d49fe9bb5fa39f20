/** The contact sheet: what is asked when somebody is received, and what of it is sent. */
import type { Actions, Rows } from "../../wire";
import { i18n } from "../../i18n";
import type { Choice } from "../parts/Chips";

export type Reception = Rows["receptions"];
type Of<T> = Exclude<T, null>;
type Create = Actions["receptions"]["create"];

export interface SheetForm {
  /** null: he was not received, only entered. */
  readonly channel: Reception["channel"] | null;
  /** When that was said, by this phone's clock: the reception began. */
  readonly begun: number | null;
  readonly source: Reception["source"];
  readonly interests: readonly Interest[];
  readonly area: Reception["area"];
  readonly orientation: Reception["orientation"];
  readonly floor: Reception["floor"];
  readonly income: Reception["income"];
  readonly work_place: string;
  readonly home_place: string;
  readonly suggestions: string;
  readonly impression: string;
  /** What he asked and nobody here knows; not in drafts of an earlier version. */
  readonly question?: string;
}

export const BLANK_SHEET: SheetForm = {
  channel: null,
  begun: null,
  source: null,
  interests: [],
  area: null,
  orientation: null,
  floor: null,
  income: null,
  work_place: "",
  home_place: "",
  suggestions: "",
  impression: "",
};

/** As long as the server takes them. */
export const [PLACE_MOST, TEXT_MOST] = [100, 1000];

export type Interest = "interest_price" | "interest_location" | "interest_greenery" | "interest_decoration" | "interest_surroundings";

export function interests(): readonly Choice<Interest>[] {
  return [
    { value: "interest_price", text: i18n._("Price") },
    { value: "interest_location", text: i18n._("Where it lies") },
    { value: "interest_greenery", text: i18n._("Greenery") },
    { value: "interest_decoration", text: i18n._("Decoration") },
    { value: "interest_surroundings", text: i18n._("Surroundings") },
  ];
}

export function channels(): readonly Choice<Reception["channel"]>[] {
  return [
    { value: "visit", text: i18n._("Came to us") },
    { value: "call", text: i18n._("Called") },
    { value: "outside", text: i18n._("Met outside") },
    { value: "online", text: i18n._("Online") },
  ];
}

export function areas(): readonly Choice<Of<Reception["area"]>>[] {
  return [
    { value: "under_70", text: i18n._("under 70 m²") },
    { value: "from_70", text: "70–90 m²" },
    { value: "from_90", text: "90–120 m²" },
    { value: "from_120", text: "120–144 m²" },
    { value: "from_144", text: "144–180 m²" },
    { value: "from_180", text: i18n._("over 180 m²") },
  ];
}

export function orientations(): readonly Choice<Of<Reception["orientation"]>>[] {
  return [
    { value: "south", text: i18n._("South") },
    { value: "south_north", text: i18n._("South and north") },
    { value: "east", text: i18n._("East") },
    { value: "west", text: i18n._("West") },
    { value: "north", text: i18n._("North") },
    { value: "any", text: i18n._("Any") },
  ];
}

export function floors(): readonly Choice<Of<Reception["floor"]>>[] {
  return [
    { value: "low", text: i18n._("Low") },
    { value: "middle", text: i18n._("Middle") },
    { value: "high", text: i18n._("High") },
    { value: "top", text: i18n._("Top floor") },
    { value: "any", text: i18n._("Any") },
  ];
}

/** Of the household in a year, in ten thousands as the trade says it. */
export function incomes(): readonly Choice<Of<Reception["income"]>>[] {
  return [
    { value: "under_100", text: i18n._("under 100,000") },
    { value: "from_100", text: i18n._("100,000–200,000") },
    { value: "from_200", text: i18n._("200,000–500,000") },
    { value: "from_500", text: i18n._("500,000–1,000,000") },
    { value: "from_1000", text: i18n._("over 1,000,000") },
  ];
}

/** What is sent of a reception; null when there was none. */
export function receptionOf(form: SheetForm, customer_id: string): Create | null {
  const { channel, begun, interests: wanted, source, area, orientation, floor, income } = form;
  if (channel === null) return null;
  const texts = (["work_place", "home_place", "suggestions", "impression"] as const).filter((name) => form[name].trim() !== "");
  return {
    customer_id,
    channel,
    received_at: begun ?? Date.now(),
    ...(source ? { source } : {}),
    ...(area ? { area } : {}),
    ...(orientation ? { orientation } : {}),
    ...(floor ? { floor } : {}),
    ...(income ? { income } : {}),
    ...Object.fromEntries(wanted.map((each) => [each, true])),
    ...Object.fromEntries(texts.map((name) => [name, form[name].trim()])),
  };
}
