import CameraOutline from "antd-mobile-icons/es/CameraOutline";
import PicturesOutline from "antd-mobile-icons/es/PicturesOutline";
import { useRef } from "react";
import Button from "../parts/Button";

interface Props {
  readonly camera?: boolean;
  readonly accept?: string;
  readonly loading: boolean;
  readonly text: string;
  readonly onPick: (file: File | undefined) => Promise<void>;
}

/** A button that takes a photo, or lets one be chosen. */
export function Pick({ camera = false, accept = "image/*", loading, text, onPick }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const Icon = camera ? CameraOutline : PicturesOutline;
  return (
    <>
      <input
        ref={input}
        type="file"
        accept={accept}
        hidden
        {...(camera ? { capture: "environment" as const } : {})}
        onChange={(event) => {
          const chosen = event.target.files?.[0];
          // The same file can be chosen again after it was removed.
          void onPick(chosen).finally(() => {
            if (input.current) input.current.value = "";
          });
        }}
      />
      <Button fill="outline" loading={loading} onClick={() => input.current?.click()}>
        <Icon aria-hidden /> {text}
      </Button>
    </>
  );
}
