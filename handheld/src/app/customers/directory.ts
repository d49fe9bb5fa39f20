/** The device's own customers, made ready to be searched: by part of a name, pinyin initials, or the end of a phone. Pure. */
import type { Shown } from "../../device/api";
import { idNumberOf } from "../words/id_numbers";
import { soundKeys, soughtSound } from "./sounds";

export type Customer = Shown<"customers">;
export type Phone = Shown<"customer_phones">;
export type Contact = Shown<"customer_contacts">;

export interface Entry {
  readonly customer: Customer;
  readonly phones: readonly Phone[];
  /** The name as it is compared. */
  readonly folded: string;
  /** How it is typed on a pinyin keyboard, from each character on: wangxiaoming, wxm, xiaoming … */
  readonly sounds: readonly string[];
  /** Names of his contacts, as they are compared. */
  readonly contacts: readonly string[];
  /** Digits of all numbers, old ones too. */
  readonly digits: readonly string[];
}

/** In order of name. */
export function directoryOf(customers: readonly Customer[], phones: readonly Phone[], contacts: readonly Contact[] = []): Entry[] {
  const phonesOf = byCustomer(phones);
  const contactsOf = byCustomer(contacts);
  const order = new Intl.Collator("zh-CN-u-co-pinyin");
  return customers
    .map((customer) => {
      const own = phonesOf.get(customer.id) ?? [];
      const people = contactsOf.get(customer.id) ?? [];
      return {
        customer,
        phones: own,
        folded: fold(customer.name),
        sounds: [customer, ...people].flatMap(soundsOf),
        contacts: people.map((each) => fold(each.name)),
        digits: own.map((each) => digitsOf(each.number)),
      };
    })
    .sort((one, other) => order.compare(one.customer.name, other.customer.name));
}

function byCustomer<R extends { readonly customer_id: string }>(rows: readonly R[]): Map<string, R[]> {
  const found = new Map<string, R[]>();
  for (const row of rows) {
    const known = found.get(row.customer_id);
    if (known) known.push(row);
    else found.set(row.customer_id, [row]);
  }
  return found;
}

/** Of one whom the server has not read yet, only first letters, as this browser orders them. */
function soundsOf(named: { readonly name: string; readonly pinyin: string | null }): string[] {
  if (typeof named.pinyin === "string") return soundKeys(named.pinyin);
  const initials = initialsOf(fold(named.name));
  return [...initials].map((_, start) => initials.slice(start));
}

/** As names are compared: width, case and accents do not matter, spaces neither. */
export function fold(text: string): string {
  return text
    .normalize("NFKD")
    .replace(/\p{M}/gu, "")
    .toLowerCase()
    .replace(/\s+/gu, "");
}

export const digitsOf = (text: string): string => text.normalize("NFKC").replace(/\D/g, "");

const looksLikeNumber = (query: string): boolean => /^[+\d\s()-]+$/.test(query.normalize("NFKC").trim());

/** Fewer digits of a phone say too little; fewer than WHOLE are no phone at all. */
const [TAIL, WHOLE] = [3, 5];

/** What a search that found nobody says of whom to enter: his number or his name. Of a number's last digits nothing. */
export function soughtAs(query: string): { readonly name: string } | { readonly phone: string } | null {
  const text = query.trim();
  if (looksLikeNumber(text)) return digitsOf(text).length < WHOLE ? null : { phone: text };
  return text === "" ? null : { name: text };
}

/** Those that fit, in the directory's order, best fits first. An empty query fits all. */
export function search(entries: readonly Entry[], query: string): Entry[] {
  const text = fold(query);
  if (text === "") return [...entries];
  const digits = digitsOf(query);
  const isNumber = digits.length >= TAIL && looksLikeNumber(query);
  const whole = isNumber ? sameNumber(query) : "";
  const sound = soughtSound(query);
  const first: Entry[] = [];
  const rest: Entry[] = [];
  for (const entry of entries) {
    if (entry.folded.startsWith(text) || (sound !== null && entry.sounds.some((key) => key.startsWith(sound)))) first.push(entry);
    else if (isNumber && entry.digits.some((number) => number.endsWith(digits) || sameNumber(number) === whole)) first.push(entry);
    else if (entry.folded.includes(text) || entry.contacts.some((name) => name.includes(text))) rest.push(entry);
    else if (isNumber && entry.digits.some((number) => number.includes(digits))) rest.push(entry);
  }
  return [...first, ...rest];
}

/** A number as it is compared: its digits without a prefix for abroad, China's code and the zero before an area. */
export const sameNumber = (number: string): string => {
  const digits = digitsOf(number).replace(/^00/, "").replace(/^86(?=\d{9})/, "");
  return digits.length > 9 ? digits.replace(/^0/, "") : digits;
};

/** What is typed of somebody; what is missing is not looked for. */
export interface Typed {
  readonly name?: string;
  readonly phone?: string;
  readonly idNumber?: string;
}

export interface Twin {
  readonly entry: Entry;
  readonly why: "id_number" | "phone" | "name";
}

/** Who may be the same as the one being entered: the same identity number, the same phone, or the very same name. What says most first, at most 3. */
export function twinsOf(entries: readonly Entry[], { name = "", phone = "", idNumber = "" }: Typed, but?: string): Twin[] {
  const wanted = sameNumber(phone);
  const folded = fold(name);
  const paper = idNumberOf(idNumber);
  const found: Record<Twin["why"], Twin[]> = { id_number: [], phone: [], name: [] };
  for (const entry of entries) {
    if (entry.customer.id === but) continue;
    const why =
      paper !== null && entry.customer.id_number === paper
        ? "id_number"
        : wanted.length >= 7 && entry.digits.some((number) => sameNumber(number) === wanted)
          ? "phone"
          : folded.length >= 2 && entry.folded === folded
            ? "name"
            : null;
    if (why !== null) found[why].push({ entry, why });
  }
  return [...found.id_number, ...found.phone, ...found.name].slice(0, 3);
}

/** The first character of each initial in pinyin order; I, U and V begin no syllable. */
const STARTS = [..."阿八嚓哒妸发旮哈讥咔垃妈拏噢妑七呥扨它穵夕丫帀"];
const LETTERS = "abcdefghjklmnopqrstwxyz";
const pinyin = new Intl.Collator("zh-CN-u-co-pinyin");
const letterOf = new Map<string, string>();

/** First letters of a folded name, as this browser orders them. */
export function initialsOf(folded: string): string {
  let initials = "";
  for (const character of folded) initials += initialOf(character);
  return initials;
}

function initialOf(character: string): string {
  if (character < "\u3400") return character;
  let letter = letterOf.get(character);
  if (letter === undefined) {
    const place = STARTS.findLastIndex((start) => pinyin.compare(start, character) <= 0);
    letter = place < 0 ? "" : LETTERS.charAt(place);
    letterOf.set(character, letter);
  }
  return letter;
}
