/** Where the phone says it is. Never throws and never waits for ever: each way of not knowing has its name. */

export interface Fix {
  readonly latitude_e7: number;
  readonly longitude_e7: number;
  readonly accuracy_m: number;
  /** Seconds between the fix and the question. */
  readonly fix_age_s: number;
}

/** denied: the person or the system said no. insecure: browsers tell it to https pages only. */
export type NoFix = "denied" | "unavailable" | "slow" | "insecure" | "skipped";

export type Answer = { readonly fix: Fix } | { readonly none: NoFix };

/** Time for the satellites, after which a visit goes on without. The prompt of the browser counts too. */
export const PATIENCE_MS = 20_000;
/** A fix this fresh is taken without asking the satellites again. */
const FRESH_MS = 30_000;

/** Less at the end of a visit: somebody stands at a door with the phone in the hand. */
export const LEAVING_PATIENCE_MS = 8000;

/** signal: ends the waiting with “skipped”. */
export function askPosition(signal: AbortSignal, patience = PATIENCE_MS): Promise<Answer> {
  return new Promise((resolve) => {
    if (!window.isSecureContext) {
      resolve({ none: "insecure" });
      return;
    }
    const asked = navigator.geolocation as Geolocation | undefined;
    if (!asked) {
      resolve({ none: "unavailable" });
      return;
    }
    const timer = setTimeout(() => {
      resolve({ none: "slow" });
    }, patience);
    signal.addEventListener("abort", () => {
      clearTimeout(timer);
      resolve({ none: "skipped" });
    });
    asked.getCurrentPosition(
      (position) => {
        clearTimeout(timer);
        resolve({ fix: fixOf(position, Date.now()) });
      },
      (error) => {
        clearTimeout(timer);
        resolve({ none: error.code === error.PERMISSION_DENIED ? "denied" : error.code === error.TIMEOUT ? "slow" : "unavailable" });
      },
      { enableHighAccuracy: true, maximumAge: FRESH_MS, timeout: patience },
    );
  });
}

export function fixOf({ coords, timestamp }: Pick<GeolocationPosition, "coords" | "timestamp">, now: number): Fix {
  return {
    latitude_e7: Math.round(coords.latitude * 1e7),
    longitude_e7: Math.round(coords.longitude * 1e7),
    accuracy_m: Math.ceil(coords.accuracy),
    fix_age_s: Math.max(0, Math.round((now - timestamp) / 1000)),
  };
}
