"use client";

import { useRef } from "react";
import { matchesFilter, type Filter, type Todo, type TodoPatch } from "@/lib/todo";
import type { Row } from "./board";
import { TodoRow } from "./todo-row";

type Props = {
  rows: Row[];
  filter: Filter;
  onEdit: (todo: Todo, patch: TodoPatch) => void;
  onRemove: (todo: Todo) => void;
};

export function TodoList({ rows, filter, onEdit, onRemove }: Props) {
  const list = useRef<HTMLUListElement>(null);

  /** A row that goes takes the focus with it, so the focus moves on first. */
  function focusBeside(todo: Todo) {
    const at = rows.findIndex((row) => row.todo.id === todo.id);
    const beside = rows[at + 1] ?? rows[at - 1];
    const target = beside
      ? list.current?.querySelector<HTMLElement>(`[data-row="${beside.todo.id}"]`)
      : document.getElementById("new-todo");
    target?.focus();
  }

  return (
    <ul ref={list} aria-label="Todos" className="card divide-y divide-line overflow-hidden">
      {rows.map(({ key, todo, isNew }) => (
        <li key={key} className="enter">
          <TodoRow
            todo={todo}
            isNew={isNew}
            onEdit={(patch) => {
              if (!matchesFilter({ ...todo, ...patch }, filter)) focusBeside(todo);
              onEdit(todo, patch);
            }}
            onRemove={() => {
              focusBeside(todo);
              onRemove(todo);
            }}
          />
        </li>
      ))}
    </ul>
  );
}
