import { useEffect, useState } from "react";
import type { Workspace } from "../../device/api";
import { useWorkspace } from "../../hooks/context";
import { i18n } from "../../i18n";
import { sayProblem } from "../words/problems";

export type Found =
  | { readonly kind: "asking" }
  | { readonly kind: "here"; readonly url: string; readonly isPdf: boolean }
  | { readonly kind: "none"; readonly why: string };

export const PDF = "application/pdf";

/** The file of that hash as this device has it, else as the office does. */
export function useFile(sha256: string): Found {
  const workspace = useWorkspace();
  const [found, setFound] = useState<Found>({ kind: "asking" });
  useEffect(() => {
    let url: string | null = null;
    let wanted = true;
    void look(workspace, sha256).then((content) => {
      if (!wanted) return;
      if (content instanceof Blob) {
        const isPdf = content.type === PDF;
        // Whatever was said of it, it is opened as one of these two and never as a page of this app.
        url = URL.createObjectURL(isPdf || content.type.startsWith("image/") ? content : content.slice(0, content.size, "image/jpeg"));
        setFound({ kind: "here", url, isPdf });
      } else setFound({ kind: "none", why: content });
    });
    return () => {
      wanted = false;
      if (url !== null) URL.revokeObjectURL(url);
    };
  }, [workspace, sha256]);
  return found;
}

/** The file, or why there is none to show. */
async function look(workspace: Workspace, sha256: string): Promise<Blob | string> {
  const here = await workspace.files.content(sha256);
  if (here) return here;
  const asked = await workspace.ask("GET", `/api/v1/files/${sha256}`);
  if (asked.offline) return i18n._("It is with the office; it is shown when there is a network.");
  if (asked.body instanceof Blob) return asked.body;
  return asked.status === 404 ? i18n._("It has not arrived at the office yet.") : sayProblem(asked.code);
}
