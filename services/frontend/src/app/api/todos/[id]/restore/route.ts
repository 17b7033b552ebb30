import { forwardToBackend } from "@/server/backend";
import { handler, pick } from "@/server/handler";

export const POST = handler<{ id: string }>(({ method, requestId, headers, signal }, { id }) =>
  forwardToBackend({
    method,
    path: `/api/todos/${encodeURIComponent(id)}/restore/`,
    requestId,
    signal,
    headers: pick(headers, "idempotency-key"),
  }),
);
