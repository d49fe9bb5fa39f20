import { useEffect, useRef } from "react";
import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Row } from "../parts/Block";
import { begunMention, type Named } from "./mentions";

interface Props {
  readonly text: string;
  readonly onChoose: (person: Named) => void;
}

/** So many are offered before more of the name has to be typed. */
const OFFERED = 5;

/** While a name is begun with “@”: the colleagues it may be. */
export function MentionOffer({ text, onChoose }: Props) {
  const begun = begunMention(text);
  return begun === null ? null : <Offer begun={begun.toLowerCase()} onChoose={onChoose} />;
}

function Offer({ begun, onChoose }: { readonly begun: string; readonly onChoose: Props["onChoose"] }) {
  const { person } = useWorkspace();
  const staff = useLive((read) => read.all("staff"), []) ?? [];
  const found = staff
    .filter((each) => each.state === "active" && each.id !== person.user.id && each.name.toLowerCase().includes(begun))
    .slice(0, OFFERED);
  const place = useRef<HTMLElement>(null);
  const some = found.length > 0;
  useEffect(() => {
    // Below what is written, and so below the edge of a phone whose keyboard is out.
    if (some) place.current?.scrollIntoView({ block: "nearest" });
  }, [some]);
  return (
    <section ref={place} aria-label={i18n._("Colleagues to mention")}>
      {found.map((each) => (
        <Row
          key={each.id}
          title={`@${each.name}`}
          sub={each.title ?? undefined}
          onTap={() => {
            onChoose({ id: each.id, name: each.name });
          }}
        />
      ))}
    </section>
  );
}
