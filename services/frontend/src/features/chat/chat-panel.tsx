"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/ui/button";
import { SparkIcon } from "@/ui/icons";
import { Composer } from "./composer";
import { Message } from "./message";
import { ModeBadge } from "./mode-badge";
import { useChat } from "./use-chat";
import { useStatus } from "./use-status";

// Sentences that the rules understand, so that they work in every mode.
const SUGGESTIONS = ["Add buy milk tomorrow", "Show my open todos", "Complete buy milk"];

/** @param onChange hears of each change that the assistant made to the list. */
export function ChatPanel({ onChange }: { onChange: () => void }) {
  const status = useStatus();
  const { turns, running, say, stop, accept, decline, undo } = useChat(onChange);
  const scroller = useRef<HTMLDivElement>(null);
  const last = turns.at(-1);

  // What is new comes into view; while an answer grows, someone who scrolled up to read is left alone.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [turns.length]);

  return (
    <section aria-labelledby="chat-heading" className="card flex h-full min-h-0 flex-col overflow-hidden">
      <header className="flex items-center gap-2.5 border-b border-line px-4 py-3">
        <span className="grid size-8 place-items-center rounded-lg bg-accent-soft text-accent">
          <SparkIcon />
        </span>
        <h2 id="chat-heading" className="flex-1 font-semibold">
          Assistant
        </h2>
        <ModeBadge status={status} />
      </header>
      {/* Reversed, so that its end is where scrolling begins and stays. It must be reachable with the keyboard. */}
      <div
        ref={scroller}
        role="region"
        aria-label="Conversation"
        // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="flex min-h-0 flex-1 flex-col-reverse overflow-y-auto p-4 -outline-offset-2!"
      >
        {turns.length === 0 ? (
          <Welcome onSay={(message) => void say(message)} />
        ) : (
          <ol className="mb-auto space-y-4">
            {turns.map((turn) => (
              <Message
                key={turn.id}
                turn={turn}
                isLast={turn === last}
                onAccept={(which) => void accept(which)}
                onDecline={decline}
                onUndo={(which, token) => void undo(which, token)}
                onSay={(message) => void say(message)}
              />
            ))}
          </ol>
        )}
      </div>
      {/* A screen reader hears each answer once, when it is whole. */}
      <p role="status" className="sr-only">
        {last?.role === "assistant" && !running && (last.failure ?? `Assistant: ${last.text}`)}
      </p>
      <Composer running={running} onSay={say} onStop={stop} />
    </section>
  );
}

function Welcome({ onSay }: { onSay: (message: string) => void }) {
  return (
    <div className="my-auto flex flex-col items-center gap-4 text-center">
      <p className="max-w-64 text-sm text-muted">I can add, find, change, complete and delete your todos. Just say it in a sentence.</p>
      <ul aria-label="Examples" className="flex flex-col items-center gap-2">
        {SUGGESTIONS.map((sentence) => (
          <li key={sentence}>
            <Button size="small" onClick={() => { onSay(sentence); }}>
              {sentence}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
