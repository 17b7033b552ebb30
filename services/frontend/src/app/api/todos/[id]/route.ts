import { forwardToBackend } from "@/server/backend";
import { handler, pick, type Visit } from "@/server/handler";

const forward = ({ method, requestId, body, headers, signal }: Visit, { id }: { id: string }) =>
  forwardToBackend({
    method,
    path: `/api/todos/${encodeURIComponent(id)}/`,
    requestId,
    body,
    signal,
    headers: pick(headers, "if-match", "idempotency-key"),
  });

export const GET = handler(forward);
export const PATCH = handler(forward);
export const DELETE = handler(forward);
