/** The browser's calls to our own route handlers. */

import { goTo } from "./navigate";
import { parseProblem, ProblemError } from "./problem";

type Call = { method?: "GET" | "POST" | "PATCH" | "DELETE"; body?: unknown; headers?: Record<string, string>; signal?: AbortSignal };

/**
 * @returns the answer, whatever its type of content.
 * @throws ProblemError when the answer is not a success or there is none. An ended session goes to the login page first.
 */
export async function send(path: string, { method = "GET", body, headers, signal }: Call = {}): Promise<Response> {
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers: { Accept: "application/json", ...(body !== undefined && { "Content-Type": "application/json" }), ...headers },
      ...(body !== undefined && { body: JSON.stringify(body) }),
      ...(signal && { signal }),
      // A change is not lost when the page is left right after it.
      keepalive: method !== "GET" && !signal,
      cache: "no-store",
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ProblemError({ status: 0, code: "offline", title: "No answer", detail: "", errors: [] });
  }
  if (response.ok) return response;
  const problem = parseProblem(response.status, await response.json().catch(() => null));
  if (problem.status === 401 && problem.code !== "wrong_credentials") leaveForLogin();
  throw new ProblemError(problem);
}

/** As `send`, with the JSON body of the answer (undefined for an empty one). */
export async function sendJson<T>(path: string, call?: Call): Promise<T> {
  const response = await send(path, call);
  return (response.status === 204 ? undefined : await response.json()) as T;
}

function leaveForLogin(): void {
  const { pathname, search } = window.location;
  if (pathname === "/login" || pathname === "/signup") return;
  goTo(`/login?${new URLSearchParams({ expired: "1", next: pathname + search }).toString()}`);
}
