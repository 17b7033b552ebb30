"use client";

import { useRef, useState, type SubmitEvent } from "react";
import { TITLE_LIMIT } from "@/lib/todo";
import { Button } from "@/ui/button";
import { PlusIcon } from "@/ui/icons";

type Props = {
  /** Adds the todo. @returns why not, or nothing. */
  onAdd: (title: string) => Promise<string | undefined>;
};

export function AddTodo({ onAdd }: Props) {
  const input = useRef<HTMLInputElement>(null);
  const [title, setTitle] = useState("");
  const [error, setError] = useState("");

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const wanted = title.trim();
    input.current?.focus();
    if (wanted === "") {
      setError("Write what there is to do first.");
      return;
    }
    setError("");
    setTitle("");
    const failure = await onAdd(wanted);
    if (!failure) return;
    setError(failure);
    // Nothing that was typed is lost, neither this text nor one begun in the meantime.
    setTitle((begun) => begun || wanted);
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
          value={title}
          onChange={(event) => {
            setTitle(event.target.value);
            setError("");
          }}
          placeholder="What needs doing?"
          maxLength={TITLE_LIMIT}
          autoComplete="off"
          enterKeyHint="done"
          className="min-h-11 min-w-0 flex-1 rounded-lg bg-transparent px-3"
          {...(error && { "aria-invalid": true, "aria-describedby": "new-todo-error" })}
        />
        <Button type="submit" look="primary">
          <PlusIcon />
          Add
        </Button>
      </div>
      {error && (
        <p id="new-todo-error" role="alert" className="mt-2 px-1 text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </form>
  );
}
