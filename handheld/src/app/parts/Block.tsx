import RightOutline from "antd-mobile-icons/es/RightOutline";
import { useId, type ReactNode } from "react";
import { Link } from "wouter";
import css from "./Block.module.css";
import { LongText } from "./LongText";

/** A white card with a title, or without. */
export function Block({ title, right, children }: { readonly title?: string; readonly right?: ReactNode; readonly children: ReactNode }) {
  const id = useId();
  return (
    <section className={css.block} aria-labelledby={title === undefined ? undefined : id}>
      {title !== undefined && (
        <div className={css.head}>
          <h2 className={css.title} id={id}>
            {title}
          </h2>
          {right}
        </div>
      )}
      {children}
    </section>
  );
}

interface RowProps {
  readonly title: ReactNode;
  readonly sub?: ReactNode;
  readonly right?: ReactNode;
  /** Where a tap leads, or what it does; with neither it is not to be tapped. */
  readonly to?: string;
  readonly onTap?: () => void;
  readonly chosen?: boolean;
}

/** One line of a list. */
export function Row({ title, sub, right, to, onTap, chosen = false }: RowProps) {
  const inner = (
    <>
      <span className={css.words}>
        <span className={css.name}>{title}</span>
        {sub !== undefined && (
          <span className={css.sub} data-text={typeof sub === "string"}>
            {sub}
          </span>
        )}
      </span>
      {right}
      {to !== undefined && <RightOutline className={css.arrow} aria-hidden />}
    </>
  );
  if (to !== undefined) {
    return (
      <Link href={to} className={css.row} data-chosen={chosen} aria-current={chosen ? "page" : undefined}>
        {inner}
      </Link>
    );
  }
  if (onTap !== undefined) {
    return (
      <button type="button" className={css.row} onClick={onTap}>
        {inner}
      </button>
    );
  }
  return <div className={css.row}>{inner}</div>;
}

/** A link that stands by itself: as high as a thumb is wide. Within a sentence a plain Link does. */
export function TextLink({ to, children }: { readonly to: string; readonly children: ReactNode }) {
  return (
    <Link href={to} className={css.link}>
      {children}
    </Link>
  );
}

/** Names and their values. */
export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className={css.facts}>{children}</dl>;
}

/** One of them. */
export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <div className={css.fact}>
      <dt>{name}</dt>
      <dd>{typeof children === "string" ? <LongText text={children} /> : children}</dd>
    </div>
  );
}

/** Nothing here: says why, and what to do about it. */
export function Empty({ title, children, action }: { readonly title: string; readonly children?: ReactNode; readonly action?: ReactNode }) {
  return (
    <div className={css.empty}>
      <p className={css.emptyTitle}>{title}</p>
      {children !== undefined && <p>{children}</p>}
      {action}
    </div>
  );
}

/** Something a person has to know, where it matters. */
export function Note({ tone, children }: { readonly tone: "brand" | "good" | "warn" | "bad"; readonly children: ReactNode }) {
  return (
    <div className={css.note} data-tone={tone} role={tone === "bad" ? "alert" : "status"}>
      {children}
    </div>
  );
}
