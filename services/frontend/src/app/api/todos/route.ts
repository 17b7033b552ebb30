import { forwardToBackend } from "@/server/backend";
import { handler, pick } from "@/server/handler";

export const GET = handler(({ method, requestId, search, signal }) =>
  forwardToBackend({ method, path: `/api/todos/${search}`, requestId, signal }),
);

export const POST = handler(({ method, requestId, body, headers, signal }) =>
  forwardToBackend({ method, path: "/api/todos/", requestId, body, signal, headers: pick(headers, "idempotency-key") }),
);
