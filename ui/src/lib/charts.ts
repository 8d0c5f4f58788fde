/**
 * The charts of this page towards the core: each has a number of its own, and
 * those that stop asking are told in one request. What does not go through is
 * told with the next; the core finds out by itself in the end.
 */
let numbers = 0;

/** A number that no other chart of this page has. */
export function nextChart(): number {
  numbers += 1;
  return numbers;
}

const CHARTS_MAX = 256;

export class LettingGo {
  #charts = new Set<number>();
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(private readonly tell: (charts: number[]) => Promise<unknown>) {}

  /** This chart asks no more. */
  letGo(chart: number): void {
    this.#charts.add(chart);
    this.#timer ??= setTimeout(() => void this.#tell(), 0);
  }

  /** This chart asks again: nothing is left to be told of it. */
  asks(chart: number): void {
    this.#charts.delete(chart);
  }

  async #tell(): Promise<void> {
    this.#timer = undefined;
    const charts = [...this.#charts].slice(-CHARTS_MAX);
    this.#charts.clear();
    if (charts.length === 0) return;
    try {
      await this.tell(charts);
    } catch {
      charts.forEach((chart) => this.#charts.add(chart));
    }
  }
}
