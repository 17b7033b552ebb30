// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { QuickAdd } from "./quick-add";

const input = () => screen.getByLabelText<HTMLInputElement>("New todo");

it("adds on Enter, empties the input and keeps the focus there", async () => {
  const onAdd = vi.fn(() => Promise.resolve(undefined));
  render(<QuickAdd onAdd={onAdd} onAddAll={vi.fn()} />);
  await userEvent.type(input(), "  Milk {Enter}");
  expect(onAdd).toHaveBeenCalledExactlyOnceWith({ title: "Milk" });
  expect(input().value).toBe("");
  expect(document.activeElement).toBe(input());
});

it("gives the text back with the reason when it fails", async () => {
  render(<QuickAdd onAdd={() => Promise.resolve("The server is away.")} onAddAll={vi.fn()} />);
  await userEvent.type(input(), "Milk{Enter}");
  expect((await screen.findByRole("alert")).textContent).toBe("The server is away.");
  expect(input().value).toBe("Milk");
});

it("asks for a text instead of adding nothing", async () => {
  const onAdd = vi.fn(() => Promise.resolve(undefined));
  render(<QuickAdd onAdd={onAdd} onAddAll={vi.fn()} />);
  await userEvent.type(input(), "   {Enter}");
  expect(onAdd).not.toHaveBeenCalled();
  expect(input().getAttribute("aria-invalid")).toBe("true");
});

it("gives chips back to words, and the whole line back when it fails", async () => {
  const onAdd = vi.fn(() => Promise.resolve("No."));
  render(<QuickAdd onAdd={onAdd} onAddAll={vi.fn()} />);
  await userEvent.type(input(), "Watch Tomorrow p1");
  await userEvent.click(screen.getByRole("button", { name: /take “Tomorrow” as words/ }));
  expect(screen.queryByRole("button", { name: /Tomorrow/ })).toBeNull();
  await userEvent.type(input(), "{Enter}");
  expect(onAdd).toHaveBeenCalledExactlyOnceWith({ title: "Watch Tomorrow", priority: "high" });
  expect(input().value).toBe("Watch Tomorrow p1");
  expect(screen.queryByRole("button", { name: /Tomorrow/ })).toBeNull();
});

it("offers several pasted lines as several todos", async () => {
  const onAddAll = vi.fn();
  render(<QuickAdd onAdd={vi.fn()} onAddAll={onAddAll} />);
  await userEvent.click(input());
  await userEvent.paste("- Milk\n- Rent p1");
  await userEvent.click(screen.getByRole("button", { name: "Add 2 todos" }));
  expect(onAddAll).toHaveBeenCalledExactlyOnceWith([{ title: "Milk" }, { title: "Rent", priority: "high" }]);
  expect(input().value).toBe("");
});
