import { forwardToBackend } from "@/server/backend";
import { handler } from "@/server/handler";
import { streamSignal } from "@/server/streams";

export const GET = handler(({ method, requestId, signal }) =>
  forwardToBackend({
    method,
    path: "/api/todos/events/",
    requestId,
    signal: streamSignal(signal),
    headers: { accept: "text/event-stream" },
  }),
);
