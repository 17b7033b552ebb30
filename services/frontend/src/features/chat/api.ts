/** The browser's calls to the assistant. */

import { parseAction, parseAnswer, type Action, type Answer, type ChatStatus } from "@/lib/chat";
import { send, sendJson } from "@/lib/http";
import { parseProblem, ProblemError } from "@/lib/problem";
import { readEvents } from "@/lib/sse";
import type { Request } from "./conversation";

export type Listener = { onToken: (text: string) => void; onAction: (action: Action) => void };

/**
 * Sends something to the assistant and reads its answer as it comes.
 * @returns the whole answer.
 * @throws ProblemError when it fails or breaks off; the abort reason after Stop.
 */
export async function askAssistant({ path, body, key }: Request, listener: Listener, signal: AbortSignal): Promise<Answer> {
  const response = await send(path, { method: "POST", body, signal, headers: { Accept: "text/event-stream", "Idempotency-Key": key } });
  if (!response.body || !response.headers.get("content-type")?.startsWith("text/event-stream")) {
    return parseAnswer(await response.json());
  }
  for await (const { event, data } of readEvents(response.body)) {
    const value = JSON.parse(data) as unknown;
    if (event === "token") listener.onToken((value as { text: string }).text);
    if (event === "done") return parseAnswer(value);
    if (event === "error") throw new ProblemError(parseProblem(500, value));
    if (event === "action") {
      const action = parseAction(value);
      if (action) listener.onAction(action);
    }
  }
  throw new ProblemError(parseProblem(502, { code: "broken_off", title: "The answer broke off. What it did so far is in the list." }));
}

export const readStatus = () => sendJson<ChatStatus>("/api/chat/status");
