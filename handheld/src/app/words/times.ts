/** Days and times as people say them, in the organisation's zone. Instants: ms since 1970; days: YYYY-MM-DD. Pure. */
import { i18n } from "../../i18n";

const DAY_MS = 86_400_000;
/** As long ago as a day can lie (docs/protocol.md): somebody was born then. */
export const EARLIEST_DAY = "1900-01-01";

/** Formatters are dear to make and few: one for each language, zone and form. */
const made = new Map<string, Intl.DateTimeFormat>();

function formatter(locale: string, zone: string, form: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale}|${zone}|${JSON.stringify(form)}`;
  let found = made.get(key);
  if (!found) {
    found = new Intl.DateTimeFormat(locale, { ...form, timeZone: zone });
    made.set(key, found);
  }
  return found;
}

/** The calendar day of an instant. */
export function dayOf(at: number, zone: string): string {
  return formatter("en-CA", zone, { year: "numeric", month: "2-digit", day: "2-digit" }).format(at);
}

/** Hours and minutes, 24-hour, such as 09:05. */
export function clockOf(at: number, zone: string): string {
  return formatter("en-GB", zone, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" }).format(at);
}

export function addDays(day: string, count: number): string {
  return new Date(Date.parse(`${day}T00:00:00Z`) + count * DAY_MS).toISOString().slice(0, 10);
}

/** Whole days from one to the other; negative when `to` is earlier. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / DAY_MS);
}

/** The instant at which a clock on the wall shows this time (HH:MM) on this day. In the hour that a change skips: the later. */
export function instantOf(day: string, clock: string, zone: string): number {
  const wanted = Date.parse(`${day}T${clock}:00Z`);
  const off = (at: number) => wanted - Date.parse(`${dayOf(at, zone)}T${clockOf(at, zone)}:00Z`);
  // Twice, because the first guess may lie on the other side of a change of clocks.
  const guess = wanted + off(wanted);
  const at = guess + off(guess);
  return off(at) === 0 ? at : Math.max(guess, at);
}

/** The end of a day: the first instant of the next. */
export const endOf = (day: string, zone: string): number => instantOf(addDays(day, 1), "00:00", zone);

/** “Today”, “Tomorrow”, or the date with its weekday; the year only when it is another. */
export function sayDay(day: string, today: string): string {
  const near: Record<string, string> = {
    "-1": i18n._("Yesterday"),
    "0": i18n._("Today"),
    "1": i18n._("Tomorrow"),
  };
  return near[String(daysBetween(today, day))] ?? sayDate(day, today);
}

/** The same in the middle of a sentence. */
export function sayDayWithin(day: string, today: string): string {
  const near: Record<string, string> = {
    "-1": i18n._("yesterday"),
    "0": i18n._("today"),
    "1": i18n._("tomorrow"),
  };
  return near[String(daysBetween(today, day))] ?? sayDate(day, today);
}

/** The date with its weekday, such as “Fri, 27 Nov”. */
export function sayDate(day: string, today: string): string {
  const form: Intl.DateTimeFormatOptions = { month: "short", day: "numeric", weekday: "short" };
  if (day.slice(0, 4) !== today.slice(0, 4)) form.year = "numeric";
  return formatter(i18n.locale === "en" ? "en-GB" : i18n.locale, "UTC", form).format(Date.parse(`${day}T00:00:00Z`));
}

/** Day and time of an instant; of today only the time. */
export function sayInstant(at: number, now: number, zone: string): string {
  const [day, today] = [dayOf(at, zone), dayOf(now, zone)];
  return day === today ? clockOf(at, zone) : `${sayDay(day, today)} ${clockOf(at, zone)}`;
}

/** The month (YYYY-MM) so many after another one. */
export function monthAfter(month: string, count: number): string {
  const [year = 0, number = 1] = month.split("-").map(Number);
  return new Date(Date.UTC(year, number - 1 + count, 1)).toISOString().slice(0, 7);
}

/** “November 2026”. */
export const sayMonth = (month: string): string =>
  formatter(i18n.locale, "UTC", { month: "long", year: "numeric" }).format(Date.parse(`${month}-01T00:00:00Z`));
