/** Server-sent events over fetch: EventSource cannot POST. */

export type ServerEvent = { event: string; data: string };

/**
 * Reads a text/event-stream body.
 * @param body bytes as they arrive; an event may be cut anywhere, also inside a character.
 * @returns the events in order; comments (heartbeats) and an unfinished last event are dropped.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ServerEvent> {
  const reader = body.getReader();
  const decoder = new TextDecoder();
  let rest = "";
  let event = "";
  let data: string[] = [];
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      rest += decoder.decode(value, { stream: true });
      const lines = rest.split(/\r\n|\n|\r(?!$)/);
      rest = lines.pop() ?? "";
      for (const line of lines) {
        if (line === "") {
          if (data.length > 0) yield { event: event || "message", data: data.join("\n") };
          event = "";
          data = [];
        } else {
          const { name, content } = parseLine(line);
          if (name === "event") event = content;
          if (name === "data") data.push(content);
        }
      }
    }
  } finally {
    // Leaving the loop early (Stop) ends the request too.
    await reader.cancel().catch(() => undefined);
  }
}

function parseLine(line: string): { name: string; content: string } {
  const colon = line.indexOf(":");
  if (colon < 0) return { name: line, content: "" };
  return { name: line.slice(0, colon), content: line.slice(colon + 1).replace(/^ /, "") };
}
