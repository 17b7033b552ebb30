import { useCallback, useReducer, useRef } from "react";
import { changesList, type Answer } from "@/lib/chat";
import { newId } from "@/lib/id";
import { sentenceOf } from "@/lib/problem";
import { askAssistant } from "./api";
import { converse, historyOf, isRunning, type AssistantTurn, type Turn } from "./conversation";

type Result = {
  turns: readonly Turn[];
  running: boolean;
  /** @returns whether an answer came. */
  say: (message: string) => Promise<boolean>;
  stop: () => void;
  accept: (turn: AssistantTurn) => Promise<void>;
  decline: (turn: AssistantTurn) => void;
  undo: (turn: AssistantTurn, token: string) => Promise<void>;
};

/** @param onChange hears of each change that the assistant made to the list. */
export function useChat(onChange: () => void): Result {
  const [turns, dispatch] = useReducer(converse, []);
  const asking = useRef<AbortController | null>(null);
  const running = isRunning(turns.at(-1));

  const ask = useCallback(
    async (path: string, body: unknown): Promise<boolean> => {
      // One question at a time: a double click asks once.
      if (asking.current) return false;
      const controller = new AbortController();
      asking.current = controller;
      const id = newId();
      dispatch({ type: "awaited", id });
      try {
        const answer: Answer = await askAssistant(
          path,
          body,
          {
            onToken: (text) => { dispatch({ type: "token", id, text }); },
            onAction: (action) => { dispatch({ type: "action", id, action }); },
          },
          controller.signal,
        );
        dispatch({ type: "done", id, answer });
        if (answer.actions.some(changesList)) onChange();
        return true;
      } catch (error) {
        if (controller.signal.aborted) dispatch({ type: "stopped", id });
        else dispatch({ type: "failed", id, failure: sentenceOf(error) });
        // It may have done something before it failed.
        onChange();
        return controller.signal.aborted;
      } finally {
        asking.current = null;
      }
    },
    [onChange],
  );

  async function say(message: string): Promise<boolean> {
    if (asking.current) return false;
    dispatch({ type: "asked", id: newId(), text: message });
    return ask("/api/chat", {
      message,
      history: historyOf(turns),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      now: new Date().toISOString(),
    });
  }

  async function accept(turn: AssistantTurn): Promise<void> {
    if (!turn.answer.confirm || asking.current) return;
    dispatch({ type: "decided", id: turn.id, decision: "yes" });
    await ask("/api/chat/confirm", { token: turn.answer.confirm.token });
  }

  async function undo(turn: AssistantTurn, token: string): Promise<void> {
    if (asking.current) return;
    if (await ask("/api/chat/undo", { undo: token })) dispatch({ type: "undone", id: turn.id, undo: token });
  }

  return {
    turns,
    running,
    say,
    stop: () => asking.current?.abort(),
    accept,
    decline: (turn) => { dispatch({ type: "decided", id: turn.id, decision: "no" }); },
    undo,
  };
}
