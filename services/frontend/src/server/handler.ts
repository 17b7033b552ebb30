import "server-only";

import type { NextRequest } from "next/server";
import { log } from "./log";
import { isSameOrigin } from "./origin";
import { problem } from "./problem";
import { requestIdOf } from "./request-id";

// The longest todo (10,000 characters of description, each up to four bytes or a \u escape) fits.
const BODY_LIMIT = 128 * 1024;

export type Visit = {
  method: string;
  requestId: string;
  /** The JSON text that came with the request. */
  body: string | undefined;
  /** The request's query with its question mark, or nothing. */
  search: string;
  headers: Headers;
  signal: AbortSignal;
};

type Context<P> = { params: Promise<P> };

/**
 * Wraps what a route handler does: refuses other sites' writes and bodies that are not JSON, gives the request its id and
 * logs one line.
 * @param answer makes the answer; what it throws becomes a 500 without details.
 */
export function handler<P = unknown>(answer: (visit: Visit, params: P) => Promise<Response>) {
  return async (request: NextRequest, context: Context<P>): Promise<Response> => {
    const started = performance.now();
    const requestId = requestIdOf(request.headers);
    let response: Response;
    try {
      response = await (refusal(request, requestId) ?? visit(request, requestId, await context.params, answer));
    } catch (error) {
      if (request.signal.aborted) return new Response(null, { status: 499 });
      log("error", "the request failed", { request_id: requestId, error: error instanceof Error ? error.stack : String(error) });
      response = problem(500, "internal_error", "Internal server error", "Something went wrong here.", requestId);
    }
    response.headers.set("X-Request-ID", requestId);
    log("info", "request", {
      request_id: requestId,
      method: request.method,
      path: request.nextUrl.pathname,
      status: response.status,
      ms: Math.round(performance.now() - started),
    });
    return response;
  };
}

function refusal(request: NextRequest, requestId: string): Response | undefined {
  if (request.method === "GET") return undefined;
  if (!isSameOrigin(request.headers)) {
    return problem(403, "cross_site", "Forbidden", "Only this site's own pages may do this.", requestId);
  }
  const type = request.headers.get("content-type");
  if (type !== null && !type.startsWith("application/json")) {
    return problem(415, "not_json", "Unsupported media type", "The body must be JSON.", requestId);
  }
  return undefined;
}

async function visit<P>(
  request: NextRequest,
  requestId: string,
  params: P,
  answer: (visit: Visit, params: P) => Promise<Response>,
): Promise<Response> {
  const body = request.method === "GET" ? "" : await readText(request);
  if (body === undefined) {
    return problem(413, "too_large", "Content too large", `The body must be below ${BODY_LIMIT} bytes.`, requestId);
  }
  return answer(
    {
      method: request.method,
      requestId,
      body: body === "" ? undefined : body,
      search: request.nextUrl.search,
      headers: request.headers,
      signal: request.signal,
    },
    params,
  );
}

/** @returns the body, or undefined when it is too long: the length that a client states is not believed. */
async function readText(request: NextRequest): Promise<string | undefined> {
  if (request.body === null) return "";
  const decoder = new TextDecoder();
  let size = 0;
  let text = "";
  for await (const chunk of request.body as unknown as AsyncIterable<Uint8Array>) {
    size += chunk.byteLength;
    if (size > BODY_LIMIT) return undefined;
    text += decoder.decode(chunk, { stream: true });
  }
  return text + decoder.decode();
}

/** @returns those of the named headers that the request has. */
export function pick(headers: Headers, ...names: string[]): Record<string, string> {
  const picked: Record<string, string> = {};
  for (const name of names) {
    const value = headers.get(name);
    if (value !== null) picked[name] = value;
  }
  return picked;
}
