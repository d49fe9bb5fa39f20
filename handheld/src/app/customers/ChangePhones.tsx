import Button from "../parts/Button";
import { useState } from "react";
import { i18n } from "../../i18n";
import type { Phone } from "./directory";
import { PhonesSheet } from "./PhonesSheet";

/** The way to the numbers of a customer or a contact; says how many of them are old. of: whose they are. */
export function ChangePhones({ of, phones }: { readonly of: string; readonly phones: readonly Phone[] }) {
  const [open, setOpen] = useState(false);
  if (phones.length === 0) return null;
  const old = phones.filter((each) => (each.is_current as boolean | undefined) === false).length;
  return (
    <>
      <Button
        fill="none"
        color="primary"
        onClick={() => {
          setOpen(true);
        }}
      >
        {old === 0 ? i18n._("Change the phones") : i18n._("{n, plural, one {Change the phones (# old one)} other {Change the phones (# old ones)}}", { n: old })}
      </Button>
      {open && (
        <PhonesSheet
          of={of}
          phones={phones}
          onClose={() => {
            setOpen(false);
          }}
        />
      )}
    </>
  );
}
