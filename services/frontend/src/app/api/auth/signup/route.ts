import { openSession } from "@/server/backend";
import { handler } from "@/server/handler";

export const POST = handler(({ method, requestId, body, signal }) =>
  openSession("/api/auth/signup", { method, requestId, body, signal }),
);
