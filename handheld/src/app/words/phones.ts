/** A number as people read it: grouped, and without the country code of home. The row keeps it as it is dialled. */
export function sayPhone(number: string): string {
  const mobile = /^\+86(1\d{2})(\d{4})(\d{4})$/.exec(number);
  return mobile ? mobile.slice(1).join(" ") : number;
}
