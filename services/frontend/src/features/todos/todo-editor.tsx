"use client";

import { useEffect, useId, useRef, useState, type KeyboardEvent, type SubmitEvent } from "react";
import { joinDue, splitDue } from "@/lib/due";
import { PRIORITIES, TITLE_LIMIT, type Priority, type Todo, type TodoPatch } from "@/lib/todo";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";

type Props = { todo: Todo; onSave: (patch: TodoPatch) => void; onCancel: () => void };

const NAMES: Record<Priority, string> = { low: "Low", normal: "Normal", high: "High" };

/** Edits a todo in its place: Enter saves, Escape leaves it as it was. */
export function TodoEditor({ todo, onSave, onCancel }: Props) {
  const id = useId();
  const form = useRef<HTMLFormElement>(null);
  const [error, setError] = useState("");
  const due = splitDue(todo.due_at);

  useEffect(() => {
    const title = form.current?.elements.namedItem("title");
    if (!(title instanceof HTMLInputElement)) return;
    title.focus();
    title.select();
  }, []);

  function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    const title = values.title?.trim() ?? "";
    if (title === "") {
      setError("A todo needs a title.");
      return;
    }
    onSave(
      changes(todo, {
        title,
        description: values.description ?? "",
        priority: values.priority as Priority,
        due_at: joinDue(values.day ?? "", values.time ?? ""),
      }),
    );
  }

  function leaveOnEscape(event: KeyboardEvent) {
    if (event.key !== "Escape" || event.nativeEvent.isComposing) return;
    event.stopPropagation();
    onCancel();
  }

  return (
    // The key belongs to the whole form, whichever of its inputs has the focus.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <form ref={form} onSubmit={submit} onKeyDown={leaveOnEscape} noValidate aria-label={`Edit “${todo.title}”`} className="space-y-3 p-4">
      <Field label="Title" name="title" defaultValue={todo.title} maxLength={TITLE_LIMIT} error={error || undefined} required />
      <div>
        <label htmlFor={`${id}-description`} className="mb-1.5 block text-sm font-medium">
          Notes
        </label>
        <textarea id={`${id}-description`} name="description" defaultValue={todo.description} rows={2} maxLength={10_000} className="input" />
      </div>
      <div className="grid grid-cols-1 gap-3 sm:grid-cols-3">
        <div>
          <label htmlFor={`${id}-priority`} className="mb-1.5 block text-sm font-medium">
            Priority
          </label>
          <select id={`${id}-priority`} name="priority" defaultValue={todo.priority} className="input">
            {PRIORITIES.map((priority) => (
              <option key={priority} value={priority}>
                {NAMES[priority]}
              </option>
            ))}
          </select>
        </div>
        <Field label="Due date" name="day" type="date" defaultValue={due.day} />
        <Field label="Time" name="time" type="time" defaultValue={due.time} />
      </div>
      <div className="flex justify-end gap-2 pt-1">
        <Button look="quiet" onClick={onCancel}>
          Cancel
        </Button>
        <Button type="submit" look="primary">
          Save
        </Button>
      </div>
    </form>
  );
}

/** @returns only what differs, so that saving overwrites nothing that was not touched. */
function changes(todo: Todo, wanted: Required<Omit<TodoPatch, "completed">>): TodoPatch {
  const patch: TodoPatch = {};
  if (wanted.title !== todo.title) patch.title = wanted.title;
  if (wanted.description !== todo.description) patch.description = wanted.description;
  if (wanted.priority !== todo.priority) patch.priority = wanted.priority;
  const before = splitDue(todo.due_at);
  if (wanted.due_at !== joinDue(before.day, before.time)) patch.due_at = wanted.due_at;
  return patch;
}
