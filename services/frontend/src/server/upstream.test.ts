import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { call, passOn } from "./upstream";

let server: Server;
let base: string;
let answer: (request: IncomingMessage, response: ServerResponse) => void;

beforeEach(async () => {
  vi.spyOn(process.stdout, "write").mockReturnValue(true);
  server = createServer((request, response) => { answer(request, response); }).listen(0, "127.0.0.1");
  await once(server, "listening");
  base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
});

afterEach(async () => {
  server.closeAllConnections();
  server.close();
  await once(server, "close");
});

const request = { method: "POST", path: "/api/x/", token: "t0ken", requestId: "id-1", body: "{}" };

it("sends token, request id and body", async () => {
  let seen: IncomingMessage["headers"] = {};
  answer = (incoming, response) => {
    seen = incoming.headers;
    response.end();
  };
  await call(base, request);
  expect(seen).toMatchObject({ authorization: "Bearer t0ken", "x-request-id": "id-1", "content-type": "application/json" });
});

it("keeps the upstream's own headers to itself, and lets a stream through unbuffered", async () => {
  answer = (_, response) => {
    response.writeHead(200, { "content-type": "text/event-stream; charset=utf-8", "set-cookie": "a=b", server: "x", etag: '"1"' });
    response.write("data: 1\n\n");
  };
  const passed = passOn(await call(base, request));
  expect(Object.fromEntries(passed.headers)).toEqual({
    "content-type": "text/event-stream; charset=utf-8",
    etag: '"1"',
    "cache-control": "no-cache, no-transform",
    "x-accel-buffering": "no",
  });
  const first = await passed.body?.getReader().read();
  expect(new TextDecoder().decode(first?.value)).toBe("data: 1\n\n");
});

it("tells the upstream when the browser went away", async () => {
  const closed = new Promise<void>((resolve) => {
    answer = (incoming, response) => {
      incoming.on("close", () => undefined);
      response.on("close", resolve);
      response.write("data: 1\n\n");
    };
  });
  const browser = new AbortController();
  await call(base, { ...request, signal: browser.signal });
  browser.abort();
  await closed;
});

it("answers with a problem when the upstream is slow or away", async () => {
  answer = () => undefined;
  const late = await call(base, { ...request, timeout: 20 });
  expect(await late.json()).toMatchObject({ status: 504, code: "upstream_timeout", request_id: "id-1" });
  const away = await call("http://127.0.0.1:1", request);
  expect(await away.json()).toMatchObject({ status: 502, code: "upstream_unreachable", request_id: "id-1" });
});

it.each([
  ["a read", { method: "GET", path: "/api/x/", token: undefined, requestId: "id-1" }, 200, 2],
  ["a write with its key", { ...request, headers: { "idempotency-key": "k" } }, 200, 2],
  ["a write that might be done twice", request, 502, 1],
])("sends %s again when the connection was closed under it", async (_, sent, status, times) => {
  let calls = 0;
  answer = (incoming, response) => {
    calls += 1;
    if (calls === 1) incoming.socket.destroy();
    else response.end();
  };
  expect((await call(base, sent)).status).toBe(status);
  expect(calls).toBe(times);
});

it("gives up on an upstream that closes every connection", async () => {
  let calls = 0;
  answer = (incoming) => {
    calls += 1;
    incoming.socket.destroy();
  };
  expect((await call(base, { ...request, method: "GET", body: undefined })).status).toBe(502);
  expect(calls).toBe(3);
});
