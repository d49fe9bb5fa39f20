import { useWorkspace } from "../../hooks/context";
import { useLive } from "../../hooks/live";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import Button from "../parts/Button";
import { useSnack } from "../parts/snack";
import type { Visit } from "../rows/visits";

/** Whether the point of this check-in is where the customer is to be met: then the next ones are judged against it. */
export function CustomerPlace({ visit }: { readonly visit: Visit }) {
  const workspace = useWorkspace();
  const say = useSnack();
  const { customer_id: customer, latitude_e7, longitude_e7 } = visit;
  const places = useLive((read) => (customer === null ? Promise.resolve([]) : read.where("customer_places", "customer_id", customer)), [customer]);
  if (!places || customer === null || latitude_e7 === null || longitude_e7 === null) return null;
  if (places.some((each) => each.latitude_e7 === latitude_e7 && each.longitude_e7 === longitude_e7)) return null;
  const set = async () => {
    await workspace.act((group) => {
      group.create("customer_places", { customer_id: customer, latitude_e7, longitude_e7 });
    });
    say(i18n._("Kept. Check-ins are judged against it from now on."));
  };
  return (
    <Block title={i18n._("Where the customer is")}>
      <p>{places.length === 0 ? i18n._("Nobody has said yet where this customer is to be met.") : i18n._("Another place was said before.")}</p>
      <Button block onClick={() => void set()}>
        {i18n._("It is where I checked in")}
      </Button>
    </Block>
  );
}
