/** The browser's calls about todos. Each throws ProblemError when it fails. */

import { sendJson } from "@/lib/http";
import { listQuery, type Todo, type TodoDraft, type TodoPage, type TodoPatch } from "@/lib/todo";

const at = (id: string) => `/api/todos/${encodeURIComponent(id)}`;
const ifMatch = (version: number) => ({ "If-Match": `"${version}"` });

export const todoApi = {
  list: (cursor: string | null, sort: "-created_at" | "-updated_at", signal?: AbortSignal) =>
    sendJson<TodoPage>(`/api/todos?${listQuery(cursor, sort).toString()}`, { ...(signal && { signal }) }),
  get: (id: string) => sendJson<Todo>(at(id)),
  create: (draft: TodoDraft, key: string) =>
    sendJson<Todo>("/api/todos", { method: "POST", body: draft, headers: { "Idempotency-Key": key } }),
  edit: (id: string, patch: TodoPatch, version: number) =>
    sendJson<Todo>(at(id), { method: "PATCH", body: patch, headers: ifMatch(version) }),
  remove: (id: string, version: number) => sendJson<undefined>(at(id), { method: "DELETE", headers: ifMatch(version) }),
  restore: (id: string) => sendJson<Todo>(`${at(id)}/restore`, { method: "POST" }),
};

export type TodoApi = typeof todoApi;
