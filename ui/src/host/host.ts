/**
 * What the window needs from the program behind it. Two hosts exist: the
 * Tauri host of the real window, and a scripted one for tests and for looking
 * at the screen in a plain browser. Nothing else in the UI knows which it is.
 */
import type { ApiError } from "../api/ApiError";
import type { FrameRequest } from "../api/FrameRequest";
import type { Request } from "../api/Request";
import type { Response } from "../api/Response";

export interface Host {
  /** Asks; rejects with an {@link ApiError}. */
  ask(request: Request): Promise<Response>;
  /** One frame of a trace, as bytes. */
  frame(request: FrameRequest): Promise<ArrayBuffer>;
  /** Calls when the operator closes the window while a recording runs; gives the way to stop listening. */
  onCloseRequested(handler: () => void): Promise<() => void>;
  /** Closes the window without asking again. */
  closeWindow(): Promise<void>;
  /** Lets the operator choose a scenario file; null when nothing was chosen. */
  chooseScenario(): Promise<string | null>;
  /** Lets the operator choose a folder; null when nothing was chosen. */
  chooseFolder(from: string): Promise<string | null>;
}

/** Whatever was thrown, as an error for people. */
export function asApiError(reason: unknown): ApiError {
  if (typeof reason === "object" && reason !== null && "message" in reason) {
    const { code, message, remedy } = reason as Partial<ApiError>;
    return { code: code ?? "internal", message: String(message), remedy: remedy ?? "" };
  }
  return { code: "internal", message: String(reason), remedy: "" };
}

/** What the host answered to a request of one kind, or an error if it answered another. */
export function answered<K extends Response["answer"]>(response: Response, kind: K): Extract<Response, { answer: K }> {
  if (response.answer === kind) return response as Extract<Response, { answer: K }>;
  throw { code: "internal", message: `The host answered “${response.answer}” where “${kind}” was due.`, remedy: "" };
}

/** Rejects when the promise has not settled in time. */
export function within<T>(ms: number, promise: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = { code: "timeout", message: "The console's core did not answer in time.", remedy: "" };
    const timer = setTimeout(() => reject(late), ms);
    promise.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}
