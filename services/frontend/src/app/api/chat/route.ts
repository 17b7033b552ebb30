import { forwardToChatbot } from "@/server/chatbot";
import { handler, pick } from "@/server/handler";

export const POST = handler(({ method, requestId, body, headers, signal }) =>
  forwardToChatbot({ method, path: "/api/chat/", requestId, body, signal, headers: pick(headers, "accept", "idempotency-key") }),
);
