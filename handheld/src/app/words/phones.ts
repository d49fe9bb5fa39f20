/** A number as people read it: grouped, and without the country code of home. The row keeps it as it is dialled; one not yet sent, as it was typed. */
export function sayPhone(number: string): string {
  const mobile = /^(?:\+86)?(1[3-9]\d)(\d{4})(\d{4})$/.exec(number.normalize("NFKC").replace(/[\s().\-/]/g, ""));
  return mobile ? mobile.slice(1).join(" ") : number;
}
