import { NextRequest } from "next/server";
import { beforeEach, expect, it, vi } from "vitest";
import { handler, type Visit } from "./handler";

const context = { params: Promise.resolve({}) };
const own = { host: "todo.example", origin: "https://todo.example", "content-type": "application/json" };
const post = (headers: Record<string, string>, body = "{}") =>
  new NextRequest("https://todo.example/api/todos?x=1", { method: "POST", headers, body });

let lines: string[];
beforeEach(() => {
  lines = [];
  vi.spyOn(process.stdout, "write").mockImplementation((line) => lines.push(String(line)) > 0);
});

const accept = vi.fn((visit: Visit) => Promise.resolve(Response.json({ body: visit.body, search: visit.search })));

it("passes on what it was given, with an id that the log has too", async () => {
  const answer = await handler(accept)(post({ ...own, "x-request-id": "abc-1" }, '{"a":1}'), context);
  expect(await answer.json()).toEqual({ body: '{"a":1}', search: "?x=1" });
  expect(answer.headers.get("x-request-id")).toBe("abc-1");
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ request_id: "abc-1", method: "POST", path: "/api/todos", status: 200 });
});

it("replaces an id that would spoil the log", async () => {
  const answer = await handler(accept)(post({ ...own, "x-request-id": "a".repeat(65) }), context);
  expect(answer.headers.get("x-request-id")).toMatch(/^[\w-]{36}$/);
});

it.each([
  ["another site", post({ ...own, origin: "https://evil.example" }), 403, "cross_site"],
  ["a form", post({ ...own, "content-type": "application/x-www-form-urlencoded" }), 415, "not_json"],
  ["a body without end", post(own, "x".repeat(200_000)), 413, "too_large"],
])("refuses %s", async (_, request, status, code) => {
  accept.mockClear();
  const answer = await handler(accept)(request, context);
  expect(answer.status).toBe(status);
  expect(answer.headers.get("content-type")).toBe("application/problem+json");
  expect(await answer.json()).toMatchObject({ status, code });
  expect(accept).not.toHaveBeenCalled();
});

it("hides what went wrong inside, and logs it", async () => {
  const answer = await handler(() => Promise.reject(new Error("secret detail")))(post(own), context);
  expect(answer.status).toBe(500);
  expect(await answer.text()).not.toContain("secret detail");
  expect(lines.join("")).toContain("secret detail");
});
