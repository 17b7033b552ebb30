import { openSession } from "@/server/backend";
import { handler, pick } from "@/server/handler";

export const POST = handler(({ method, requestId, body, headers, signal }) =>
  openSession("/api/auth/login", { method, requestId, body, signal, headers: pick(headers, "x-forwarded-for") }),
);
