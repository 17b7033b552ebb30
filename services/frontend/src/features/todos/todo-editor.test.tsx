// @vitest-environment jsdom
import { render, screen } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { expect, it, vi } from "vitest";
import { todo } from "../../../test/todos";
import { TodoEditor } from "./todo-editor";

function setUp(parts = {}) {
  const onSave = vi.fn();
  const onCancel = vi.fn();
  render(<TodoEditor todo={todo(1, { title: "Milk", priority: "high", due_at: "2026-05-01", ...parts })} onSave={onSave} onCancel={onCancel} />);
  return { onSave, onCancel };
}

it("saves on Enter, and only what was changed", async () => {
  const { onSave } = setUp();
  const title = screen.getByLabelText("Title");
  expect(document.activeElement).toBe(title);
  await userEvent.clear(title);
  await userEvent.type(title, "Oat milk{Enter}");
  expect(onSave).toHaveBeenCalledExactlyOnceWith({ title: "Oat milk" });
});

it("leaves everything as it was on Escape", async () => {
  const { onSave, onCancel } = setUp();
  await userEvent.type(screen.getByLabelText("Title"), " and eggs{Escape}");
  expect(onCancel).toHaveBeenCalledOnce();
  expect(onSave).not.toHaveBeenCalled();
});

it("removes the due date when it is emptied", async () => {
  const { onSave } = setUp();
  await userEvent.clear(screen.getByLabelText("Due date"));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(onSave).toHaveBeenCalledExactlyOnceWith({ due_at: null });
});

it("does not touch a due moment that it only shows in another zone", async () => {
  const { onSave } = setUp({ due_at: "2026-05-01T09:00:00+05:45" });
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(onSave).toHaveBeenCalledExactlyOnceWith({});
});

it("wants a title", async () => {
  const { onSave } = setUp();
  await userEvent.clear(screen.getByLabelText("Title"));
  await userEvent.click(screen.getByRole("button", { name: "Save" }));
  expect(onSave).not.toHaveBeenCalled();
  expect(screen.getByText("A todo needs a title.")).toBeDefined();
});
