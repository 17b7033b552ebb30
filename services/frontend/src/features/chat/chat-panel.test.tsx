// @vitest-environment jsdom
import { render, screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, expect, it, vi } from "vitest";
import { ChatPanel } from "./chat-panel";

type Reply = { reply: string; [key: string]: unknown };

let asked: { path: string; body: Record<string, unknown>; key?: string }[];
let replies: Reply[];

const stream = (reply: Reply) => {
  const tokens = (reply.reply.match(/\S+\s*/g) ?? []).map((text) => `event: token\ndata: ${JSON.stringify({ text })}\n\n`);
  return new Response(`event: thinking\ndata: {}\n\n${tokens.join("")}event: done\ndata: ${JSON.stringify(reply)}\n\n`, {
    headers: { "content-type": "text/event-stream" },
  });
};

beforeEach(() => {
  asked = [];
  replies = [];
  // jsdom has no layout, so it cannot scroll.
  Element.prototype.scrollTo = () => undefined;
  vi.stubGlobal("fetch", (path: string, init?: RequestInit) => {
    if (path === "/api/chat/status") {
      return Promise.resolve(Response.json({ mode: "rules", model: { name: "m", reachable: true, detail: "" } }));
    }
    const key = new Headers(init?.headers).get("Idempotency-Key");
    expect(key).toBeTruthy();
    asked.push({ path, body: JSON.parse(init?.body as string) as Record<string, unknown>, key: key ?? "" });
    const reply = replies.shift();
    return Promise.resolve(reply ? stream(reply) : Response.json({ code: "upstream_unreachable" }, { status: 502 }));
  });
});

function show(onChange = vi.fn()) {
  render(<ChatPanel visible openTitle="buy milk" onChange={onChange} onClose={vi.fn()} />);
}

async function say(text: string) {
  await userEvent.type(screen.getByLabelText("Message to the assistant"), `${text}{Enter}`);
}

it("shows the answer, the action with its undo, and that the list changed", async () => {
  const onChange = vi.fn();
  replies = [
    { reply: "Added “milk”.", actions: [{ tool: "create_todo", arguments: {}, status: "done", result: { id: "t1", title: "milk" }, undo: "u1" }] },
    { reply: "I took that back." },
  ];
  show(onChange);
  await say("add milk");
  await screen.findByText("Added");
  expect(onChange).toHaveBeenCalledExactlyOnceWith(["t1"]);
  expect(asked[0]).toMatchObject({ path: "/api/chat", body: { message: "add milk", history: [] } });
  await userEvent.click(screen.getByRole("button", { name: "Undo: Added milk" }));
  await screen.findByText("Undone");
  expect(asked[1]).toMatchObject({ path: "/api/chat/undo", body: { undo: "u1" } });
});

it("does nothing until a question is confirmed, and then only once", async () => {
  replies = [{ reply: "Shall I?", confirm: { token: "c1", summary: "Delete 2 todos: “a”, “b”?" } }, { reply: "Deleted." }];
  show();
  await say("delete all");
  const card = await screen.findByRole("group", { name: "Please confirm" });
  expect(asked).toHaveLength(1);
  await userEvent.dblClick(within(card).getByRole("button", { name: "Confirm" }));
  await screen.findByText("You confirmed this.");
  expect(asked.slice(1)).toMatchObject([{ path: "/api/chat/confirm", body: { token: "c1" } }]);
});

it("changes nothing on Cancel", async () => {
  replies = [{ reply: "Shall I?", confirm: { token: "c1", summary: "Delete “a”?" } }];
  show();
  await say("delete a");
  await userEvent.click(await screen.findByRole("button", { name: "Cancel" }));
  expect(screen.getByText(/Nothing was changed/)).toBeDefined();
  expect(asked).toHaveLength(1);
});

it("sends the message of the choice that was clicked", async () => {
  replies = [{ reply: "Which one?", choices: [{ label: "Milk", message: "complete #1" }] }, { reply: "Done." }];
  show();
  await say("complete it");
  await userEvent.click(await screen.findByRole("button", { name: "Milk" }));
  await screen.findAllByText(/Done\./);
  expect(asked[1]).toMatchObject({ path: "/api/chat", body: { message: "complete #1" } });
});

it("says why there is no answer, and asks again as the very same request", async () => {
  show();
  await say("add milk");
  expect(await screen.findAllByText(/cannot be reached/)).not.toHaveLength(0);
  replies = [{ reply: "Added milk." }];
  await userEvent.click(screen.getByRole("button", { name: "Retry" }));
  await screen.findAllByText(/Added milk\./);
  expect(asked).toHaveLength(2);
  expect(asked[1]).toEqual(asked[0]);
  expect(screen.getAllByText("add milk")).toHaveLength(1);
});

it("offers what the current mode can do, with a todo that there is", async () => {
  show();
  expect(await screen.findByRole("button", { name: "Complete buy milk" })).toBeDefined();
  expect(await screen.findByText(/language model is away/)).toBeDefined();
  expect(screen.queryByRole("button", { name: /big task/ })).toBeNull();
});
