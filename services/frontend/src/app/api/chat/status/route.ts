import { forwardToChatbot } from "@/server/chatbot";
import { handler } from "@/server/handler";

export const GET = handler(({ method, requestId, signal }) =>
  forwardToChatbot({ method, path: "/api/chat/status/", requestId, signal, timeout: 5_000 }),
);
