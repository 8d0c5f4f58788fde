/**
 * Sorting a table by one column: rows that are equal there keep their order,
 * and what is not known comes last in both directions.
 */
export type Cell = string | number | null | undefined;

export interface Sorting<K extends string> {
  readonly by: K;
  readonly down: boolean;
}

/** The rows in their new order; the given ones stay as they are. */
export function sorted<R>(rows: readonly R[], cell: (row: R) => Cell, down: boolean): R[] {
  const keyed = rows.map((row) => ({ row, key: cell(row) }));
  keyed.sort((a, b) => {
    const unknown = Number(isUnknown(a.key)) - Number(isUnknown(b.key));
    return unknown || (down ? -1 : 1) * compare(a.key, b.key);
  });
  return keyed.map(({ row }) => row);
}

/** What a click on a column's head leads to: figures begin with the largest, words with A. */
export function turned<K extends string>(now: Sorting<K>, by: K, figures: boolean): Sorting<K> {
  return now.by === by ? { by, down: !now.down } : { by, down: figures };
}

function isUnknown(cell: Cell): boolean {
  return cell === null || cell === undefined || (typeof cell === "number" && Number.isNaN(cell));
}

function compare(a: Cell, b: Cell): number {
  if (isUnknown(a) || isUnknown(b)) return 0;
  if (typeof a === "number" && typeof b === "number") return a - b;
  return naturally(String(a), String(b));
}

/** `Participant 9` before `Participant 10`; without `Intl`, which WebKitGTK may lack a locale for. */
function naturally(a: string, b: string): number {
  const partsA = a.toLowerCase().match(/\d+|\D+/g) ?? [];
  const partsB = b.toLowerCase().match(/\d+|\D+/g) ?? [];
  for (let index = 0; index < Math.min(partsA.length, partsB.length); index += 1) {
    const [one = "", other = ""] = [partsA[index], partsB[index]];
    const difference = Number(one) - Number(other);
    if (Number.isFinite(difference) && difference !== 0) return difference;
    if (one !== other && !Number.isFinite(difference)) return one < other ? -1 : 1;
  }
  return partsA.length - partsB.length;
}
