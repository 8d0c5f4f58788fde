/**
 * One action of the operator: under way or not, and what went wrong last.
 * A second call while the first is under way does nothing.
 */
import type { ApiError } from "../api/ApiError";
import { asApiError } from "../host/host";

export class Action {
  busy = $state(false);
  fault = $state.raw<ApiError | null>(null);

  /** Runs the work; says whether it went through. */
  async run(work: () => Promise<void>): Promise<boolean> {
    if (this.busy) return false;
    this.busy = true;
    this.fault = null;
    try {
      await work();
      return true;
    } catch (reason) {
      this.fault = asApiError(reason);
      return false;
    } finally {
      this.busy = false;
    }
  }
}
