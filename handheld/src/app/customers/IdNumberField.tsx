import { i18n } from "../../i18n";
import { LineField } from "../parts/Field";
import { ID_NUMBER_MOST, sayIdNumber } from "../words/id_numbers";
import { idNumberRefusal } from "./id_number_form";
import type { Customer } from "./directory";
import { Twins } from "./Twins";

interface Props {
  readonly kind: Customer["kind"];
  /** The number before it was typed anew; of that nothing is said. */
  readonly before?: string;
  readonly value: string;
  readonly onChange: (value: string) => void;
  /** Whose card it is. */
  readonly but?: string;
}

/** The number of his identity document, and by it who has it already. */
export function IdNumberField({ kind, before = "", value, onChange, ...rest }: Props) {
  const anew = value.trim() === before ? "" : value;
  return (
    <>
      <LineField
        label={sayIdNumber(kind)}
        value={value}
        most={ID_NUMBER_MOST}
        placeholder={kind === "company" ? "" : i18n._("Identity card or passport")}
        autoComplete="off"
        error={idNumberRefusal(anew, kind)}
        onChange={onChange}
      />
      <Twins idNumber={anew} {...rest} />
    </>
  );
}
