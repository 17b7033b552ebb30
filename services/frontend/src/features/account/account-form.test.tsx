// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { renderToString } from "react-dom/server";
import { beforeEach, expect, it, vi } from "vitest";
import { goTo } from "@/lib/navigate";
import { AccountForm } from "./account-form";

vi.mock("@/lib/navigate", () => ({ goTo: vi.fn() }));

const fetched = vi.fn<typeof fetch>();
beforeEach(() => {
  fetched.mockReset();
  vi.mocked(goTo).mockClear();
  vi.stubGlobal("fetch", fetched);
});

async function fill(values: Record<string, string>) {
  for (const [label, value] of Object.entries(values)) await userEvent.type(screen.getByLabelText(label), value);
  await userEvent.click(screen.getByRole("button"));
}

it("says at each field what is wrong, asks nobody and focuses the first", async () => {
  render(<AccountForm kind="signup" next="/" />);
  await fill({ Email: "nonsense", Password: "short" });
  expect(screen.getByLabelText("Name")).toHaveProperty("ariaInvalid", "true");
  expect(document.activeElement).toBe(screen.getByLabelText("Name"));
  expect(describedBy("Email")).toContain("name@example.com");
  expect(describedBy("Password")).toContain("at least 8");
  expect(fetched).not.toHaveBeenCalled();
});

it("shows the server's complaint at its field and keeps what was typed", async () => {
  fetched.mockResolvedValue(
    Response.json({ code: "validation_error", errors: [{ field: "password", message: "This password is too common." }] }, { status: 422 }),
  );
  render(<AccountForm kind="signup" next="/" />);
  await fill({ Name: "Ada", Email: "ada@example.com", Password: "password123" });
  expect(describedBy("Password")).toContain("too common");
  expect(screen.getByLabelText("Email")).toHaveProperty("value", "ada@example.com");
  expect(goTo).not.toHaveBeenCalled();
});

it("says once, for both fields, that a login failed", async () => {
  fetched.mockResolvedValue(Response.json({ code: "wrong_credentials" }, { status: 401 }));
  render(<AccountForm kind="login" next="/" />);
  await fill({ Email: "ada@example.com", Password: "wrong" });
  expect((await screen.findByRole("alert")).textContent).toBe("The email or the password is not right.");
});

it("goes on to where the visitor wanted", async () => {
  fetched.mockResolvedValue(Response.json({ user: {} }));
  render(<AccountForm kind="login" next="/?filter=open" />);
  await fill({ Email: "ada@example.com", Password: "password123" });
  expect(goTo).toHaveBeenCalledWith("/?filter=open");
});

it("takes no order before it can carry it out", () => {
  const page = document.createElement("div");
  page.innerHTML = renderToString(<AccountForm kind="login" next="/" />);
  expect(page.querySelector("button")).toHaveProperty("disabled", true);
  render(<AccountForm kind="login" next="/" />);
  expect(screen.getByRole("button")).toHaveProperty("disabled", false);
});

function describedBy(label: string): string {
  const ids = screen.getByLabelText(label).getAttribute("aria-describedby")?.split(" ") ?? [];
  return ids.map((id) => document.getElementById(id)?.textContent ?? "").join(" ");
}
