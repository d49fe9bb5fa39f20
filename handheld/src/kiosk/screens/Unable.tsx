/** What keeps a browser from being a kiosk at all, said so that the staff can mend it. */
import { useEffect } from "react";
import { i18n } from "../../i18n";
import { Desk } from "./pictures";

export type WhyUnable = "insecure" | "elsewhere" | "storage";

const AGAIN_MS = 15_000;

export function Unable({ why }: { readonly why: WhyUnable }) {
  useEffect(() => {
    if (why !== "storage") return;
    const timer = setTimeout(() => location.reload(), AGAIN_MS);
    return () => clearTimeout(timer);
  }, [why]);
  return (
    <div className="kiosk">
      <main className="cover answer calm" data-unable={why}>
        <div className="medal">
          <Desk />
        </div>
        <div className="said">
          <h1>{i18n._("Please come to the reception; we will gladly help.")}</h1>
          <p className="line">{text(why)}</p>
        </div>
      </main>
    </div>
  );
}

function text(why: WhyUnable): string {
  switch (why) {
    case "insecure":
      return i18n._("For the staff: this page has to be opened by https.");
    case "elsewhere":
      return i18n._("For the staff: the kiosk is open in another window of this browser.");
    case "storage":
      return i18n._("For the staff: this browser keeps nothing. Private windows cannot be a kiosk.");
  }
}
