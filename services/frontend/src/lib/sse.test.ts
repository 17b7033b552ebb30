import { expect, it } from "vitest";
import { readEvents, type ServerEvent } from "./sse";

async function read(...chunks: (string | Uint8Array)[]): Promise<ServerEvent[]> {
  const encoder = new TextEncoder();
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(typeof chunk === "string" ? encoder.encode(chunk) : chunk);
      controller.close();
    },
  });
  const events: ServerEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

it("reads events, ignores comments and drops an unfinished last one", async () => {
  expect(await read(": hello\n\nevent: token\ndata: a\n\ndata: b\ndata: c\n\ndata: cut")).toEqual([
    { event: "token", data: "a" },
    { event: "message", data: "b\nc" },
  ]);
});

it("reads the same wherever the stream is cut", async () => {
  const whole = "event: token\r\ndata: {\"text\":\"größer 🙂\"}\r\n\r\nevent: done\ndata:x\n\n";
  const bytes = new TextEncoder().encode(whole);
  const expected = await read(whole);
  expect(expected).toHaveLength(2);
  for (let cut = 1; cut < bytes.length; cut += 1) {
    expect(await read(bytes.slice(0, cut), bytes.slice(cut))).toEqual(expected);
  }
});

it("ends the request when the reader stops early", async () => {
  let cancelled = false;
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      controller.enqueue(new TextEncoder().encode("data: 1\n\ndata: 2\n\n"));
    },
    cancel() {
      cancelled = true;
    },
  });
  for await (const event of readEvents(body)) {
    expect(event.data).toBe("1");
    break;
  }
  expect(cancelled).toBe(true);
});
