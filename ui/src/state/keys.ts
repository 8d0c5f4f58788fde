/**
 * Keyboard shortcuts: single keys without modifiers. They stay out of the way
 * where a key means something already: in fields, on buttons (Space), and
 * while a dialog is open.
 */
export type Shortcuts = Readonly<Record<string, () => void>>;

/** Runs the shortcut that a key press stands for; says whether there was one. */
export function handleKey(event: KeyboardEvent, shortcuts: Shortcuts): boolean {
  if (event.defaultPrevented || event.repeat || event.ctrlKey || event.altKey || event.metaKey) return false;
  if (document.querySelector("dialog[open]") || isTaken(event)) return false;
  const run = shortcuts[event.key.length === 1 ? event.key.toLowerCase() : event.key];
  if (!run) return false;
  event.preventDefault();
  run();
  return true;
}

function isTaken(event: KeyboardEvent): boolean {
  const target = event.target;
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable || target.closest("input:not([type=radio]), textarea, select")) return true;
  return event.key === " " && target.closest("button, a, summary, [role=tab], input") !== null;
}
