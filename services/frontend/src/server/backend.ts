import "server-only";

import type { User } from "@/lib/account";
import { parseProblem, type Problem } from "@/lib/problem";
import type { TodoPage } from "@/lib/todo";
import { config } from "./config";
import { dropToken, keepToken, readToken } from "./session";
import { call, passOn, type Call } from "./upstream";

type Grant = { access_token: string; expires_in: number; user: User };
type Outcome<T> = { ok: true; value: T } | { ok: false; problem: Problem };
type Options = Omit<Call, "token">;

/** @returns the backend's answer to the browser's request, made with the session's token. A dead token's cookie goes. */
export async function forwardToBackend(options: Options): Promise<Response> {
  const answer = await asCaller(options);
  if (answer.status === 401) await dropToken();
  return passOn(answer);
}

/** Signs up or logs in. The token goes into the cookie; the browser's answer holds only the user. */
export async function openSession(path: "/api/auth/signup" | "/api/auth/login", options: Omit<Options, "path">): Promise<Response> {
  // The key makes it safe to send again when a backend that is being replaced closed the connection under it.
  const headers = { ...options.headers, "idempotency-key": crypto.randomUUID() };
  const answer = await call(config().backendUrl, { ...options, headers, path, token: undefined });
  if (!answer.ok) return passOn(answer);
  const grant = (await answer.json()) as Grant;
  await keepToken(grant.access_token, grant.expires_in);
  return Response.json({ user: grant.user }, { status: answer.status, headers: { "Cache-Control": "no-store" } });
}

/** Ends the session here in any case, and at the backend if it can be reached. */
export async function closeSession(options: Omit<Options, "path">): Promise<Response> {
  if (await readToken()) await asCaller({ ...options, path: "/api/auth/logout" });
  await dropToken();
  return new Response(null, { status: 204 });
}

/** Deletes the account; the cookie goes when the backend agreed. */
export async function deleteAccount(options: Omit<Options, "path">): Promise<Response> {
  const answer = await asCaller({ ...options, path: "/api/auth/me" });
  if (answer.ok) await dropToken();
  return passOn(answer);
}

/** @returns who is logged in; problem 401 when nobody is. */
export async function currentUser(requestId: string): Promise<Outcome<User>> {
  if (!(await readToken())) return { ok: false, problem: parseProblem(401, null) };
  return outcome(await asCaller({ method: "GET", path: "/api/auth/me", requestId }));
}

export async function firstPage(query: URLSearchParams, requestId: string): Promise<Outcome<TodoPage>> {
  return outcome(await asCaller({ method: "GET", path: `/api/todos/?${query.toString()}`, requestId }));
}

async function asCaller(options: Options): Promise<Response> {
  return call(config().backendUrl, { ...options, token: await readToken() });
}

async function outcome<T>(answer: Response): Promise<Outcome<T>> {
  if (answer.ok) return { ok: true, value: (await answer.json()) as T };
  return { ok: false, problem: parseProblem(answer.status, await answer.json().catch(() => null)) };
}
