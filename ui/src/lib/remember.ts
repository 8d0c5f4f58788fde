/**
 * Small choices that outlive the window, in localStorage. Storage may be
 * refused or hold anything; then the choice is simply not remembered.
 */

/** Reads a choice; anything but one of `choices` gives the fallback. */
export function recall<T extends string>(key: string, choices: readonly T[], fallback: T): T {
  try {
    const stored = localStorage.getItem(`sensocto.${key}`);
    return choices.find((choice) => choice === stored) ?? fallback;
  } catch {
    return fallback;
  }
}

/** Keeps a choice, where storage allows it. */
export function remember(key: string, value: string): void {
  try {
    localStorage.setItem(`sensocto.${key}`, value);
  } catch {
    // A console without storage works; it only forgets.
  }
}
