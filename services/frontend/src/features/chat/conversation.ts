/** The conversation as a pure value. */

import type { Action, Answer } from "@/lib/chat";

/** What was sent, so that it can be sent again as the very same. */
export type Request = { path: string; body: Record<string, unknown>; key: string };

export type Turn =
  | { id: string; role: "user"; text: string }
  | {
      id: string;
      role: "assistant";
      request: Request;
      text: string;
      status: "waiting" | "streaming" | "done" | "stopped" | "failed";
      /** Why it failed. */
      failure?: string;
      /** It would fail again. */
      final?: boolean;
      answer: Omit<Answer, "reply">;
      /** What became of the question that the answer asks. */
      decision?: Decision;
      /** The undo tokens that were used. */
      undone: string[];
    };

export type Decision = "yes" | "no" | "expired";
export type AssistantTurn = Extract<Turn, { role: "assistant" }>;

export type ChatEvent =
  | { type: "asked"; id: string; text: string }
  | { type: "awaited"; id: string; request: Request }
  | { type: "retried"; id: string }
  | { type: "token"; id: string; text: string }
  | { type: "action"; id: string; action: Action }
  | { type: "done"; id: string; answer: Answer }
  | { type: "failed"; id: string; failure: string; final: boolean }
  | { type: "stopped"; id: string }
  | { type: "decided"; id: string; decision: Decision }
  | { type: "undone"; id: string; undo: string };

export function converse(turns: readonly Turn[], event: ChatEvent): readonly Turn[] {
  switch (event.type) {
    case "asked":
      return [...turns, { id: event.id, role: "user", text: event.text }];
    case "awaited":
      return [...turns, fresh(event.id, event.request)];
    case "retried":
      return update(turns, event.id, ({ id, request }) => fresh(id, request));
    case "token":
      return update(turns, event.id, (turn) => ({ ...turn, status: "streaming", text: turn.text + event.text }));
    case "action":
      return update(turns, event.id, (turn) => ({ ...turn, answer: { ...turn.answer, actions: [...turn.answer.actions, event.action] } }));
    case "done": {
      const { reply, ...answer } = event.answer;
      return update(turns, event.id, (turn) => ({ ...turn, status: "done", text: reply || turn.text, answer }));
    }
    case "failed":
      return update(turns, event.id, (turn) => ({ ...turn, status: "failed", failure: event.failure, final: event.final }));
    case "stopped":
      return update(turns, event.id, (turn) => ({ ...turn, status: "stopped" }));
    case "decided":
      return update(turns, event.id, (turn) => ({ ...turn, decision: event.decision }));
    case "undone":
      return update(turns, event.id, (turn) => ({ ...turn, undone: [...turn.undone, event.undo] }));
  }
}

// What the chatbot needs to know of before, not a transcript.
const REMEMBERED = 12;
const LONGEST = 4_000;

/** @returns the last turns in the chatbot's words. */
export function historyOf(turns: readonly Turn[]): { role: "user" | "assistant"; content: string }[] {
  return turns
    .filter(({ text }) => text !== "")
    .slice(-REMEMBERED)
    .map(({ role, text }) => ({ role, content: text.slice(0, LONGEST) }));
}

export function isRunning(turn: Turn | undefined): boolean {
  return turn?.role === "assistant" && (turn.status === "waiting" || turn.status === "streaming");
}

/**
 * @returns whether the answer may be asked for again: not when it already told of an action, which must not happen twice.
 * What it did without having come to tell of it, the request's key keeps from happening twice.
 */
export function canRetry({ status, final, answer }: AssistantTurn): boolean {
  return (status === "failed" || status === "stopped") && !final && answer.actions.length === 0;
}

function fresh(id: string, request: Request): AssistantTurn {
  return { id, role: "assistant", request, text: "", status: "waiting", answer: { actions: [], choices: [], source: "rules" }, undone: [] };
}

function update(turns: readonly Turn[], id: string, change: (turn: AssistantTurn) => AssistantTurn): readonly Turn[] {
  return turns.map((turn) => (turn.id === id && turn.role === "assistant" ? change(turn) : turn));
}
