/** The conversation as a pure value. */

import type { Action, Answer } from "@/lib/chat";

export type Turn =
  | { id: string; role: "user"; text: string }
  | {
      id: string;
      role: "assistant";
      text: string;
      status: "waiting" | "streaming" | "done" | "stopped" | "failed";
      /** Why it failed. */
      failure?: string;
      answer: Omit<Answer, "reply">;
      /** What became of the question that the answer asks. */
      decision?: "yes" | "no";
      /** The undo tokens that were used. */
      undone: string[];
    };

export type AssistantTurn = Extract<Turn, { role: "assistant" }>;

export type ChatEvent =
  | { type: "asked"; id: string; text: string }
  | { type: "awaited"; id: string }
  | { type: "token"; id: string; text: string }
  | { type: "action"; id: string; action: Action }
  | { type: "done"; id: string; answer: Answer }
  | { type: "failed"; id: string; failure: string }
  | { type: "stopped"; id: string }
  | { type: "decided"; id: string; decision: "yes" | "no" }
  | { type: "undone"; id: string; undo: string };

export function converse(turns: readonly Turn[], event: ChatEvent): readonly Turn[] {
  switch (event.type) {
    case "asked":
      return [...turns, { id: event.id, role: "user", text: event.text }];
    case "awaited":
      return [
        ...turns,
        { id: event.id, role: "assistant", text: "", status: "waiting", answer: { actions: [], choices: [], source: "rules" }, undone: [] },
      ];
    case "token":
      return update(turns, event.id, (turn) => ({ ...turn, status: "streaming", text: turn.text + event.text }));
    case "action":
      return update(turns, event.id, (turn) => ({ ...turn, answer: { ...turn.answer, actions: [...turn.answer.actions, event.action] } }));
    case "done": {
      const { reply, ...answer } = event.answer;
      return update(turns, event.id, (turn) => ({ ...turn, status: "done", text: reply || turn.text, answer }));
    }
    case "failed":
      return update(turns, event.id, (turn) => ({ ...turn, status: "failed", failure: event.failure }));
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

function update(turns: readonly Turn[], id: string, change: (turn: AssistantTurn) => AssistantTurn): readonly Turn[] {
  return turns.map((turn) => (turn.id === id && turn.role === "assistant" ? change(turn) : turn));
}
