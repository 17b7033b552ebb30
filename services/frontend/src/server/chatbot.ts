import "server-only";

import { config } from "./config";
import { readToken } from "./session";
import { call, passOn, type Call } from "./upstream";

/** @returns the chatbot's answer to the browser's request, made with the session's token. */
export async function forwardToChatbot(options: Omit<Call, "token">): Promise<Response> {
  // The head of an answer may wait for the model; its own time-out is shorter.
  return passOn(await call(config().chatbotUrl, { timeout: 60_000, ...options, token: await readToken() }));
}
