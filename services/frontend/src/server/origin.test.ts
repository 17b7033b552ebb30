import { expect, it } from "vitest";
import { isSameOrigin } from "./origin";

it.each([
  [{ host: "todo.example", origin: "https://todo.example" }, true],
  [{ host: "127.0.0.1:3000", origin: "http://127.0.0.1:3000" }, true],
  [{ host: "10.0.0.7:3000", "x-forwarded-host": "todo.example", origin: "https://todo.example" }, true],
  [{ host: "todo.example", origin: "https://evil.example" }, false],
  [{ host: "todo.example", origin: "https://todo.example:8443" }, false],
  [{ host: "todo.example", origin: "https://todo.example.evil.example" }, false],
  [{ host: "todo.example", origin: "null" }, false],
  [{ host: "todo.example" }, false],
])("%j: %s", (headers, same) => {
  expect(isSameOrigin(new Headers(headers))).toBe(same);
});
