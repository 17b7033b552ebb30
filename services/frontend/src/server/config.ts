import "server-only";

/**
 * Read at the first request, not at build time: one image serves every deployment.
 * @throws Error with a sentence that names the variable, when a value cannot be used.
 */
export function config() {
  return {
    backendUrl: url("BACKEND_URL", "http://backend:8000"),
    chatbotUrl: url("CHATBOT_URL", "http://chatbot:8001"),
    cookieSecure: flag("COOKIE_SECURE", false),
  };
}

function url(name: string, otherwise: string): string {
  const value = process.env[name] || otherwise;
  if (!URL.canParse(value) || !/^https?:/.test(value)) {
    throw new Error(`${name} must be an http or https address, not "${value}"`);
  }
  return value.replace(/\/+$/, "");
}

function flag(name: string, otherwise: boolean): boolean {
  const value = (process.env[name] ?? "").toLowerCase();
  if (value === "") return otherwise;
  if (value === "true" || value === "1") return true;
  if (value === "false" || value === "0") return false;
  throw new Error(`${name} must be true or false, not "${value}"`);
}
