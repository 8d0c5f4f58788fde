/**
 * Which rows of a long list to render: those in sight and some around. Short
 * lists are rendered whole.
 */
const WHOLE_UP_TO = 120;
const AROUND = 12;

export interface RowSpan {
  readonly from: number;
  readonly to: number;
}

/** The rows `from..to` (without `to`) of `count` rows of `rowPx` each. */
export function rowsInSight(count: number, rowPx: number, scrollPx: number, heightPx: number): RowSpan {
  if (count <= WHOLE_UP_TO) return { from: 0, to: count };
  const first = Math.floor(scrollPx / rowPx) - AROUND;
  const last = Math.ceil((scrollPx + heightPx) / rowPx) + AROUND;
  return { from: Math.max(0, Math.min(first, count)), to: Math.max(0, Math.min(last, count)) };
}

/** Where an arrow, page or end key leads from row `at`; null for other keys. */
export function rowAfterKey(key: string, at: number, count: number, page: number): number | null {
  const steps: Record<string, number> = {
    ArrowDown: at + 1,
    ArrowUp: at - 1,
    PageDown: at + page,
    PageUp: at - page,
    Home: 0,
    End: count - 1,
  };
  const to = steps[key];
  return to === undefined || count === 0 ? null : Math.max(0, Math.min(to, count - 1));
}
