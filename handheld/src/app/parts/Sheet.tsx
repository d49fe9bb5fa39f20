import CloseOutline from "antd-mobile-icons/es/CloseOutline";
import { useId, useLayoutEffect, useRef, type ReactNode } from "react";
import { i18n } from "../../i18n";
import css from "./Sheet.module.css";

interface Props {
  readonly title: string;
  readonly onClose: () => void;
  readonly foot?: ReactNode;
  readonly children: ReactNode;
}

/**
 * A sheet over the screen, from below on a phone. The browser's own dialog: it keeps the focus inside, closes on Escape and
 * gives the focus back, none of which the kit's Popup does. Drawn while it is open only.
 */
export function Sheet({ title, onClose, foot, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  // Closed while it still stands in the page, or the focus is not given back.
  useLayoutEffect(() => {
    const element = dialog.current;
    element?.showModal();
    return () => {
      element?.close();
    };
  }, []);
  return (
    <dialog
      ref={dialog}
      className={css.sheet}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === dialog.current) onClose();
      }}
    >
      <div className={css.inside}>
        <header className={css.head}>
          <h2 className={css.title} id={id}>
            {title}
          </h2>
          <button type="button" className={css.close} aria-label={i18n._("Close")} onClick={onClose}>
            <CloseOutline aria-hidden />
          </button>
        </header>
        <div className={css.body}>{children}</div>
        {foot !== undefined && <footer className={css.foot}>{foot}</footer>}
      </div>
    </dialog>
  );
}
