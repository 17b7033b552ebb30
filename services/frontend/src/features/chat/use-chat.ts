import { useCallback, useReducer, useRef } from "react";
import { changesList, idsOf } from "@/lib/chat";
import { newId } from "@/lib/id";
import { ProblemError, sentenceOf } from "@/lib/problem";
import { askAssistant } from "./api";
import { converse, historyOf, isRunning, type AssistantTurn, type Request, type Turn } from "./conversation";

type Outcome = "answered" | "stopped" | "failed" | "expired" | "logged out" | "busy";

type Result = {
  turns: readonly Turn[];
  running: boolean;
  /** @returns whether the conversation holds the message; else it has to be said again. */
  say: (message: string) => Promise<boolean>;
  stop: () => void;
  retry: (turn: AssistantTurn) => Promise<void>;
  accept: (turn: AssistantTurn) => Promise<void>;
  decline: (turn: AssistantTurn) => void;
  undo: (turn: AssistantTurn, token: string) => Promise<void>;
};

/** @param onChange hears which todos the assistant changed, as far as that is known. */
export function useChat(onChange: (ids: string[]) => void): Result {
  const [turns, dispatch] = useReducer(converse, []);
  const asking = useRef<AbortController | null>(null);
  const running = isRunning(turns.at(-1));

  const ask = useCallback(
    async (id: string, request: Request): Promise<Outcome> => {
      const controller = new AbortController();
      asking.current = controller;
      try {
        const answer = await askAssistant(
          request,
          {
            onToken: (text) => { dispatch({ type: "token", id, text }); },
            onAction: (action) => { dispatch({ type: "action", id, action }); },
          },
          controller.signal,
        );
        dispatch({ type: "done", id, answer });
        const changes = answer.actions.filter(changesList);
        if (changes.length > 0) onChange(changes.flatMap(idsOf));
        return "answered";
      } catch (error) {
        // It may have done something before it failed.
        onChange([]);
        if (controller.signal.aborted) {
          dispatch({ type: "stopped", id });
          return "stopped";
        }
        const { status = 0, code = "" } = error instanceof ProblemError ? error.problem : {};
        const refused = status >= 400 && status < 500 && status !== 429;
        dispatch({ type: "failed", id, failure: sentenceOf(error), final: refused });
        return status === 401 ? "logged out" : code === "token_invalid" ? "expired" : "failed";
      } finally {
        asking.current = null;
      }
    },
    [onChange],
  );

  /** One question at a time: a double click asks once. */
  async function start(path: string, body: Record<string, unknown>, said?: string): Promise<Outcome> {
    if (asking.current) return "busy";
    if (said !== undefined) dispatch({ type: "asked", id: newId(), text: said });
    const id = newId();
    const request = { path, body, key: newId() };
    dispatch({ type: "awaited", id, request });
    return ask(id, request);
  }

  async function say(message: string): Promise<boolean> {
    const body = {
      message,
      history: historyOf(turns),
      time_zone: Intl.DateTimeFormat().resolvedOptions().timeZone,
      now: new Date().toISOString(),
    };
    const outcome = await start("/api/chat", body, message);
    return outcome !== "busy" && outcome !== "logged out";
  }

  async function retry({ id, request }: AssistantTurn): Promise<void> {
    if (asking.current) return;
    dispatch({ type: "retried", id });
    await ask(id, request);
  }

  async function accept({ id, answer }: AssistantTurn): Promise<void> {
    if (!answer.confirm || asking.current) return;
    dispatch({ type: "decided", id, decision: "yes" });
    const outcome = await start("/api/chat/confirm", { token: answer.confirm.token });
    if (outcome === "expired") dispatch({ type: "decided", id, decision: "expired" });
  }

  async function undo({ id }: AssistantTurn, token: string): Promise<void> {
    if ((await start("/api/chat/undo", { undo: token })) === "answered") dispatch({ type: "undone", id, undo: token });
  }

  return {
    turns,
    running,
    say,
    stop: () => asking.current?.abort(),
    retry,
    accept,
    decline: ({ id }) => { dispatch({ type: "decided", id, decision: "no" }); },
    undo,
  };
}
