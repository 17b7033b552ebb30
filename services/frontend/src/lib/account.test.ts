import { expect, it } from "vitest";
import { safePath } from "./account";

it.each(["/", "/?filter=open", "/somewhere#here", "/logins"])("leads to %s", (path) => {
  expect(safePath(path)).toBe(path);
});

it.each([null, undefined, "", "https://evil.example", "//evil.example", "/\\evil.example", "javascript:alert(1)", "/login?next=/", "/signup"])(
  "leads to the list instead of %s",
  (path) => {
    expect(safePath(path)).toBe("/");
  },
);
