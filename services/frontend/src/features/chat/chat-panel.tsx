"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/ui/button";
import { CrossIcon, SparkIcon } from "@/ui/icons";
import { Composer } from "./composer";
import { Message } from "./message";
import { ModeBadge } from "./mode-badge";
import { ModelBanner } from "./model-banner";
import { suggestionsFor } from "./suggestions";
import { useChat } from "./use-chat";
import { useStatus } from "./use-status";

type Props = {
  visible: boolean;
  /** A todo of the list that is open, for an example. */
  openTitle: string | undefined;
  /** Hears which todos the assistant changed, as far as that is known. */
  onChange: (ids: string[]) => void;
  /** Leaves the sheet that it is in on a phone. */
  onClose: () => void;
};

export function ChatPanel({ visible, openTitle, onChange, onClose }: Props) {
  const { status, back } = useStatus(visible);
  const { turns, running, say, stop, retry, accept, decline, undo } = useChat(onChange);
  const scroller = useRef<HTMLDivElement>(null);
  const last = turns.at(-1);

  // What is new comes into view; while an answer grows, someone who scrolled up to read is left alone.
  useEffect(() => {
    scroller.current?.scrollTo({ top: 0 });
  }, [turns.length]);

  /** What was clicked goes, and would take the focus with it. */
  function sayFrom(message: string) {
    scroller.current?.focus({ preventScroll: true });
    void say(message);
  }

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
        <Button look="quiet" size="icon" aria-label="Close the assistant" onClick={onClose} className="-me-2 lg:hidden">
          <CrossIcon />
        </Button>
      </header>
      <ModelBanner status={status} back={back} />
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
          <Welcome suggestions={suggestionsFor(status, openTitle)} onSay={sayFrom} />
        ) : (
          <ol className="mb-auto space-y-4">
            {turns.map((turn) => (
              <Message
                key={turn.id}
                turn={turn}
                isLast={turn === last}
                onAccept={(which) => {
                  scroller.current?.focus({ preventScroll: true });
                  void accept(which);
                }}
                onDecline={(which) => {
                  scroller.current?.focus({ preventScroll: true });
                  decline(which);
                }}
                onUndo={(which, token) => void undo(which, token)}
                onRetry={(which) => {
                  scroller.current?.focus({ preventScroll: true });
                  void retry(which);
                }}
                onSay={sayFrom}
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

function Welcome({ suggestions, onSay }: { suggestions: string[]; onSay: (message: string) => void }) {
  return (
    <div className="my-auto flex flex-col items-center gap-4 text-center">
      <p className="max-w-64 text-sm text-muted">I can add, find, change, complete and delete your todos. Just say it in a sentence.</p>
      <ul aria-label="Examples" className="flex flex-col items-center gap-2">
        {suggestions.map((sentence) => (
          <li key={sentence}>
            <Button size="small" className="rounded-full! wrap-anywhere" onClick={() => { onSay(sentence); }}>
              {sentence}
            </Button>
          </li>
        ))}
      </ul>
    </div>
  );
}
