"use client";

import { useEffect, useRef, useState, type ClipboardEvent, type SubmitEvent } from "react";
import { TITLE_LIMIT, type TodoDraft } from "@/lib/todo";
import { Button } from "@/ui/button";
import { useDraft } from "@/ui/draft";
import { PlusIcon } from "@/ui/icons";
import { useNow } from "@/ui/use-now";
import { PastedLines } from "./pasted-lines";
import { pastedLines, readQuick } from "./read";
import { ReadingChips } from "./reading-chips";

type Props = {
  /** Adds the todo. @returns why not, or nothing. */
  onAdd: (draft: TodoDraft) => Promise<string | undefined>;
  /** Adds several in one act. */
  onAddAll: (drafts: TodoDraft[]) => void;
  /** The list is empty: the first thing to do here is to write. */
  eager?: boolean;
};

const NOTHING: ReadonlySet<string> = new Set();
// The second click of a double click finds an empty input; that is no mistake of the writer.
const DOUBLE_CLICK = 500;

/** One line that makes a todo; a date and a priority at its end are read and shown as chips. */
export function QuickAdd({ onAdd, onAddAll, eager = false }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const submitted = useRef(-DOUBLE_CLICK);
  const [text, setText] = useDraft("new-todo");
  const [literal, setLiteral] = useState(NOTHING);
  const [pasted, setPasted] = useState<string[]>([]);
  const [error, setError] = useState("");
  const now = useNow();
  const { readings } = now ? readQuick(text, now, literal) : { readings: [] };

  useEffect(() => {
    // Not over something that was focused, or opened, meanwhile.
    if (eager && document.activeElement === document.body) input.current?.focus();
  }, [eager]);

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const { draft } = readQuick(text, new Date(), literal);
    input.current?.focus();
    if (draft.title === "") {
      if (event.timeStamp - submitted.current > DOUBLE_CLICK) setError("Write what there is to do first.");
      return;
    }
    submitted.current = event.timeStamp;
    start();
    const failure = await onAdd(draft);
    if (!failure) return;
    setError(failure);
    // Nothing that was typed is lost, neither this text nor one begun in the meantime.
    setText((begun) => begun || text);
    setLiteral(literal);
  }

  function start() {
    setError("");
    setText("");
    setLiteral(NOTHING);
    setPasted([]);
  }

  function offerLines(event: ClipboardEvent) {
    const lines = pastedLines(event.clipboardData.getData("text/plain"));
    if (lines.length < 2) return;
    event.preventDefault();
    setPasted(lines);
  }

  function leavePasted() {
    setPasted([]);
    input.current?.focus();
  }

  return (
    <form onSubmit={submit} noValidate>
      <label htmlFor="new-todo" className="sr-only">
        New todo
      </label>
      <div className="card flex items-center gap-1 p-1.5 focus-within:border-accent">
        <input
          ref={input}
          id="new-todo"
          value={text}
          onChange={(event) => {
            setText(event.target.value);
            setError("");
          }}
          onPaste={offerLines}
          placeholder="What needs doing?"
          maxLength={TITLE_LIMIT}
          autoComplete="off"
          enterKeyHint="done"
          className="min-h-11 min-w-0 flex-1 rounded-lg bg-transparent px-3"
          aria-describedby={error ? "new-todo-error" : "new-todo-hint"}
          {...(error && { "aria-invalid": true })}
        />
        <Button type="submit" look="primary">
          <PlusIcon />
          Add
        </Button>
      </div>
      <p id="new-todo-hint" className="sr-only">
        End it with a day, a time or a priority, such as “tomorrow 5pm p1”. Quotes around it keep the words as they are.
      </p>
      {error && (
        <p id="new-todo-error" role="alert" className="mt-2 px-1 text-sm font-medium text-bad">
          {error}
        </p>
      )}
      {now && readings.length > 0 && (
        <ReadingChips
          readings={readings}
          now={now}
          onLiteral={(key) => {
            setLiteral(new Set([...literal, key]));
            input.current?.focus();
          }}
        />
      )}
      {pasted.length > 0 && (
        <PastedLines
          lines={pasted}
          onEach={() => {
            onAddAll(pasted.map((line) => readQuick(line, new Date()).draft));
            start();
            input.current?.focus();
          }}
          onOne={() => {
            setText(`${text} ${pasted.join(" ")}`.trim().slice(0, TITLE_LIMIT));
            leavePasted();
          }}
          onCancel={leavePasted}
        />
      )}
    </form>
  );
}
