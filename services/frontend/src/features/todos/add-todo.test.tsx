// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { AddTodo } from "./add-todo";

const input = () => screen.getByLabelText<HTMLInputElement>("New todo");

it("adds on Enter, empties the input and keeps the focus there", async () => {
  const onAdd = vi.fn(() => Promise.resolve(undefined));
  render(<AddTodo onAdd={onAdd} />);
  await userEvent.type(input(), "  Milk {Enter}");
  expect(onAdd).toHaveBeenCalledExactlyOnceWith("Milk");
  expect(input().value).toBe("");
  expect(document.activeElement).toBe(input());
});

it("gives the text back with the reason when it fails", async () => {
  render(<AddTodo onAdd={() => Promise.resolve("The server is away.")} />);
  await userEvent.type(input(), "Milk{Enter}");
  expect((await screen.findByRole("alert")).textContent).toBe("The server is away.");
  expect(input().value).toBe("Milk");
});

it("asks for a text instead of adding nothing", async () => {
  const onAdd = vi.fn(() => Promise.resolve(undefined));
  render(<AddTodo onAdd={onAdd} />);
  await userEvent.type(input(), "   {Enter}");
  expect(onAdd).not.toHaveBeenCalled();
  expect(input().getAttribute("aria-invalid")).toBe("true");
});
