/**
 * Dark or light: the system's, or the operator's own choice, which is kept.
 * Sets `data-theme` on the root element; the tokens do the rest.
 */
import { recall, remember } from "../lib/remember";

const CHOICES = ["system", "dark", "light"] as const;
export type ThemeChoice = (typeof CHOICES)[number];
export type Theme = "dark" | "light";

class ThemeState {
  choice = $state<ThemeChoice>(recall("theme", CHOICES, "system"));
  #systemLight = $state(false);

  /** What is shown. */
  get shown(): Theme {
    if (this.choice !== "system") return this.choice;
    return this.#systemLight ? "light" : "dark";
  }

  /** Follows the system; gives the way to stop. */
  follow(): () => void {
    const query = window.matchMedia?.("(prefers-color-scheme: light)");
    if (!query) return () => {};
    const read = (): void => void (this.#systemLight = query.matches);
    read();
    query.addEventListener("change", read);
    return () => query.removeEventListener("change", read);
  }

  choose(choice: ThemeChoice): void {
    this.choice = choice;
    remember("theme", choice);
  }

  /** The other of dark and light. */
  toggle(): void {
    this.choose(this.shown === "dark" ? "light" : "dark");
  }
}

export const theme = new ThemeState();
