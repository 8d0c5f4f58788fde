/** What the outbox of the scripted host has set aside. */
import type { ParkedPage } from "../../api/ParkedPage";
import type { ParkedRow } from "../../api/ParkedRow";
import { HOSTILE_NAME } from "./people";

/** Messages on one page, as in the core. */
const PAGE = 20;

export function parkedAt(nowMs: number): ParkedRow[] {
  const row = (id: number, minutes: number, key: string, more: Partial<ParkedRow> = {}): ParkedRow => ({
    id,
    topic: "history",
    key,
    put_ms: nowMs - minutes * 60_000,
    tries: 1,
    reason: "it does not read back: its checksum does not match",
    bytes: 18_402,
    ...more,
  });
  return [
    row(4107, 312, "chest_belt_2 respiration"),
    row(4390, 41, "A0:9E:1A:7C:11:02 ecg", { tries: 5, reason: "its numbers overlap those that are stored already", bytes: 96_204 }),
    row(4391, 40, `${HOSTILE_NAME} heart_rate`, { tries: 6, reason: "its tries never came to an end", bytes: 371 }),
  ];
}

export function pageOf(parked: readonly ParkedRow[], after: number | null): ParkedPage {
  const rest = parked.filter((message) => message.id > (after ?? 0));
  const messages = rest.slice(0, PAGE);
  return { messages, total: parked.length, next: rest.length > PAGE ? (messages.at(-1)?.id ?? null) : null };
}

/** The core's words on the System view. */
export function parkedWords(parked: readonly ParkedRow[]): string {
  const [first] = parked;
  if (!first) return "";
  const were = parked.length === 1 ? "message was" : "messages were";
  return `${parked.length} ${were} set aside; the first: ${first.key} (${first.reason}). Release or discard each.`;
}
