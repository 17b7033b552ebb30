import "server-only";

import { log } from "./log";
import { problem } from "./problem";

export type Call = {
  method: string;
  /** Path and query below the upstream's address. */
  path: string;
  token: string | undefined;
  requestId: string;
  body?: string | undefined;
  /** Further headers, in small letters. */
  headers?: Record<string, string>;
  /** The browser's request: when it goes away, the upstream hears of it. */
  signal?: AbortSignal;
  /** Milliseconds until the answer's head must be there; a stream may then last. */
  timeout?: number;
};

// What the browser may learn of an upstream's answer; above all not Server, Connection or the length of an encoded body.
const PASSED_ON = ["content-type", "etag", "retry-after", "idempotency-replayed", "x-request-id"];

// A server that is being replaced closes its idle connections while a request may be on its way into one of them.
const CLOSED = new Set(["UND_ERR_SOCKET", "ECONNRESET", "EPIPE", "ECONNREFUSED"]);
const ATTEMPTS = 3; // another idle connection may have been closed as well

/**
 * Calls an upstream. What can be repeated without doing it twice is sent again when the connection was closed under it.
 * @returns its answer, or a problem (502, 504) when there is none.
 * @throws the abort reason when the caller went away.
 */
export async function call(base: string, request: Call): Promise<Response> {
  const { method, path, token, requestId, body, headers, signal, timeout = 10_000 } = request;
  const late = new AbortController();
  const timer = setTimeout(() => {
    late.abort();
  }, timeout);
  const repeatable = method === "GET" || headers?.["idempotency-key"] !== undefined;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await fetch(base + path, {
          method,
          headers: {
            accept: "application/json",
            "x-request-id": requestId,
            ...(token && { authorization: `Bearer ${token}` }),
            ...(body !== undefined && { "content-type": "application/json" }),
            ...headers,
          },
          ...(body !== undefined && { body }),
          signal: signal ? AbortSignal.any([signal, late.signal]) : late.signal,
          cache: "no-store",
          redirect: "error",
        });
      } catch (error) {
        if (!repeatable || attempt === ATTEMPTS || !CLOSED.has(cause(error))) throw error;
      }
    }
  } catch (error) {
    signal?.throwIfAborted();
    const reason = late.signal.aborted ? "timeout" : cause(error);
    log("error", `${method} ${path.split("?")[0] ?? ""} failed: ${reason}`, { request_id: requestId, upstream: base });
    return late.signal.aborted
      ? problem(504, "upstream_timeout", "Gateway timeout", "The service took too long to answer.", requestId)
      : problem(502, "upstream_unreachable", "Bad gateway", "The service cannot be reached.", requestId);
  } finally {
    clearTimeout(timer);
  }
}

/** @returns the upstream's answer for the browser: the same status and body, unbuffered, without the rest of its headers. */
export function passOn(answer: Response): Response {
  const headers = new Headers();
  for (const name of PASSED_ON) {
    const value = answer.headers.get(name);
    if (value !== null) headers.set(name, value);
  }
  const streamed = headers.get("content-type")?.startsWith("text/event-stream");
  // no-transform: our own gzip and any proxy would hold small events back.
  headers.set("cache-control", streamed ? "no-cache, no-transform" : "no-store");
  if (streamed) headers.set("x-accel-buffering", "no");
  return new Response(answer.body, { status: answer.status, headers });
}

function cause(error: unknown): string {
  const inner = error instanceof Error ? error.cause : undefined;
  if (inner instanceof Error) return "code" in inner ? String(inner.code) : inner.message;
  return String(error);
}
