import { useEffect, useLayoutEffect, useRef, useState, type ReactNode } from "react";
import css from "./LongList.module.css";

interface Props<T> {
  readonly items: readonly T[];
  readonly keyOf: (item: T) => string;
  readonly draw: (item: T) => ReactNode;
  /** Pixels of a row; every row is cut to it. */
  readonly rowHeight: number;
  readonly label: string;
}

/** Rows drawn beyond what is seen, on either side. */
const SPARE = 8;

/** A list of any length, of which only what is seen is drawn. Scrolls by itself, so it fills the height it is given. */
export function LongList<T>({ items, keyOf, draw, rowHeight, label }: Props<T>) {
  const box = useRef<HTMLDivElement>(null);
  const [seen, setSeen] = useState({ top: 0, height: 800 });
  useLayoutEffect(() => {
    const element = box.current;
    if (!element) return undefined;
    const measure = () => {
      if (element.clientHeight > 0) setSeen({ top: element.scrollTop, height: element.clientHeight });
    };
    const watcher = new ResizeObserver(measure);
    watcher.observe(element);
    element.addEventListener("scroll", measure, { passive: true });
    return () => {
      watcher.disconnect();
      element.removeEventListener("scroll", measure);
    };
  }, []);
  useEffect(() => {
    // Another answer begins at its top.
    if (box.current) box.current.scrollTop = 0;
  }, [items]);
  const from = Math.max(0, Math.floor(seen.top / rowHeight) - SPARE);
  const to = Math.min(items.length, Math.ceil((seen.top + seen.height) / rowHeight) + SPARE);
  return (
    <div className={css.box} ref={box}>
      <ul className={css.all} aria-label={label} style={{ height: items.length * rowHeight }}>
        {items.slice(from, to).map((item, place) => (
          <li
            key={keyOf(item)}
            className={css.row}
            aria-setsize={items.length}
            aria-posinset={from + place + 1}
            style={{ top: (from + place) * rowHeight, height: rowHeight }}
          >
            {draw(item)}
          </li>
        ))}
      </ul>
    </div>
  );
}
