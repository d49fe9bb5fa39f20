/** Drawings of this screen. Each stands beside words that say the same, so none is read aloud. */
import type { ReactNode } from "react";

function Drawing({ children, box = "0 0 48 48" }: { readonly children: ReactNode; readonly box?: string }) {
  return (
    <svg viewBox={box} aria-hidden="true" focusable="false" className="drawing">
      {children}
    </svg>
  );
}

export const Tick = () => (
  <Drawing>
    <path d="M12 25l8 8 16-18" fill="none" stroke="currentColor" strokeWidth="5" strokeLinecap="round" strokeLinejoin="round" />
  </Drawing>
);

export const Clock = () => (
  <Drawing>
    <circle cx="24" cy="24" r="15" fill="none" stroke="currentColor" strokeWidth="4" />
    <path d="M24 15v10l7 4" fill="none" stroke="currentColor" strokeWidth="4" strokeLinecap="round" strokeLinejoin="round" />
  </Drawing>
);

export const Desk = () => (
  <Drawing>
    <circle cx="24" cy="15" r="7" fill="currentColor" />
    <path d="M11 34c1-8 6-11 13-11s12 3 13 11z" fill="currentColor" />
    <path d="M6 38h36" stroke="currentColor" strokeWidth="4" strokeLinecap="round" />
  </Drawing>
);

export const Logo = () => (
  <Drawing box="0 0 512 512">
    <rect width="512" height="512" rx="96" fill="#0b5fff" />
    <path d="M160 416V136l192-40v320z" fill="#fff" />
    <path d="M112 416h288v32H112z" fill="#8ab4ff" />
    <circle cx="312" cy="264" r="18" fill="#0b5fff" />
  </Drawing>
);

/** A card and a phone with a code, and the beam that reads them. */
export const CardAndPhone = () => (
  <svg viewBox="0 0 320 240" aria-hidden="true" focusable="false" className="card-and-phone">
    <g className="shown-card">
      <rect x="22" y="52" width="168" height="108" rx="14" fill="#0b5fff" />
      <rect x="22" y="72" width="168" height="16" fill="#0847c4" />
      <rect x="36" y="132" width="62" height="10" rx="5" fill="#8ab4ff" />
      <rect x="124" y="98" width="52" height="52" rx="6" fill="#fff" />
      <Code x={129} y={103} size={42} />
    </g>
    <g className="shown-phone">
      <rect x="206" y="36" width="92" height="168" rx="16" fill="#16233b" />
      <rect x="213" y="50" width="78" height="136" rx="6" fill="#fff" />
      <Code x={222} y={76} size={60} />
      <rect x="232" y="152" width="40" height="8" rx="4" fill="#8ab4ff" />
    </g>
  </svg>
);

const CELLS = ["1110111", "1010101", "1110111", "0101100", "1110110", "1010011", "1110101"];

function Code({ x, y, size }: { readonly x: number; readonly y: number; readonly size: number }) {
  const cell = size / CELLS.length;
  const dark = CELLS.flatMap((line, row) => [...line].map((each, column) => (each === "1" ? `M${x + column * cell} ${y + row * cell}h${cell}v${cell}h-${cell}z` : "")));
  return <path d={dark.join("")} fill="#16233b" />;
}
