import { deleteAccount, forwardToBackend } from "@/server/backend";
import { handler } from "@/server/handler";

export const GET = handler(({ method, requestId, signal }) =>
  forwardToBackend({ method, path: "/api/auth/me", requestId, signal }),
);

export const DELETE = handler(({ method, requestId, body, signal }) => deleteAccount({ method, requestId, body, signal }));
