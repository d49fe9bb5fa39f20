import Button from "../parts/Button";
import { i18n } from "../../i18n";
import { Block } from "../parts/Block";
import { useUpdate } from "./update";

/** Offers the newer app, when there is one. */
export function UpdateBlock() {
  const program = useUpdate();
  if (!program) return null;
  return (
    <Block title={i18n._("A newer app is ready")}>
      <p>{i18n._("It is loaded already. What you have typed is kept.")}</p>
      <Button color="primary" size="large" block onClick={() => {
          program.update();
        }}>
        {i18n._("Change to the newer app")}
      </Button>
    </Block>
  );
}
