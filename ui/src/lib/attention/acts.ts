/**
 * From what is looked at to what has to be said: the acts that lead from one
 * set of looks to another, grouped by kind. What leaves comes first, because
 * what leaves the view loses its hover and its focus with it; what is true is
 * then said whole, so that a core that has forgotten knows it again.
 */
import { keyOf, type Look, type Target } from "./gaze";

export type ActKind = "pin" | "unpin" | "focus" | "unfocus" | "hover_enter" | "hover_leave" | "view_enter" | "view_leave";

export interface Act {
  readonly kind: ActKind;
  readonly targets: readonly Target[];
}

type Mark = "view" | "hover" | "focus" | "pin";

const LEAVES: readonly (readonly [ActKind, Mark])[] = [
  ["unpin", "pin"],
  ["unfocus", "focus"],
  ["hover_leave", "hover"],
];
const ENTERS: readonly (readonly [ActKind, Mark])[] = [
  ["view_enter", "view"],
  ["hover_enter", "hover"],
  ["focus", "focus"],
  ["pin", "pin"],
];

/** The acts that take a core that knows `before` to `now`. */
export function actsBetween(before: readonly Look[], now: readonly Look[]): Act[] {
  const current = new Map(now.map((look) => [keyOf(look), look]));
  const gone = (mark: Mark): Target[] => before.filter((look) => look[mark] && !current.get(keyOf(look))?.[mark]).map(targetOf);
  const left = (look: Look): boolean => {
    const other = current.get(keyOf(look));
    return (look.view && !other?.view) || (seen(look) && !(other && seen(other)));
  };
  const here = (mark: Mark): Target[] => now.filter((look) => look[mark]).map(targetOf);
  const acts = [
    ...LEAVES.map(([kind, mark]) => ({ kind, targets: gone(mark) })),
    { kind: "view_leave" as const, targets: before.filter(left).map(targetOf) },
    ...ENTERS.map(([kind, mark]) => ({ kind, targets: here(mark) })),
  ];
  return acts.filter((act) => act.targets.length > 0);
}

/** The core takes what is under the pointer or in focus to be in view, and it stays so until it is told otherwise. */
function seen(look: Look): boolean {
  return look.view || look.hover || look.focus;
}

function targetOf({ sensor, attribute }: Look): Target {
  return { sensor, attribute };
}
