import { useState } from "react";
import { i18n } from "../../i18n";
import { maskIdNumber } from "../words/id_numbers";
import css from "./customers.module.css";

/** An identity number on a card: its middle hidden from whoever looks on, and whole with a tap. The device holds it whole (rule A7). */
export function IdNumber({ number }: { readonly number: string }) {
  const [open, setOpen] = useState(false);
  return (
    <span className={css.paper}>
      {open ? number : maskIdNumber(number)}
      <button
        type="button"
        className={css.unmask}
        aria-expanded={open}
        onClick={() => {
          setOpen(!open);
        }}
      >
        {open ? i18n._("Hide the number") : i18n._("Show the number")}
      </button>
    </span>
  );
}
