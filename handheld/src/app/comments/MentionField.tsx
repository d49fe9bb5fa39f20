import { i18n } from "../../i18n";
import { TextField } from "../parts/Field";
import { MentionOffer } from "./MentionOffer";
import { withMention, type Named } from "./mentions";

/** What is being written, and who was chosen to be named in it. A draft. */
export interface Written {
  readonly text: string;
  readonly mentions: readonly Named[];
}

export const NOTHING_WRITTEN: Written = { text: "", mentions: [] };

interface Props {
  readonly label: string;
  readonly value: Written;
  readonly most: number;
  readonly onChange: (change: Partial<Written>) => void;
}

/** A text in which “@” and a name tells a colleague. */
export function MentionField({ label, value: { text, mentions }, most, onChange }: Props) {
  return (
    <>
      <TextField
        label={label}
        value={text}
        placeholder={i18n._("@ and a name tells a colleague")}
        most={most}
        onChange={(next) => {
          onChange({ text: next });
        }}
      />
      <MentionOffer
        text={text}
        onChoose={(chosen) => {
          onChange({ text: withMention(text, chosen.name), mentions: [...mentions.filter(({ id }) => id !== chosen.id), chosen] });
        }}
      />
    </>
  );
}
