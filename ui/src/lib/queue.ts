// How full a queue is: its entries and their memory are both bounded, and the fuller one counts.
import type { QueueRow } from "../api/QueueRow";

export function queueFill({ depth, capacity, bytes, bytes_max }: QueueRow): number {
  const share = (part: number, whole: number): number => (whole > 0 ? part / whole : 0);
  return Math.max(share(depth, capacity), share(bytes, bytes_max));
}
