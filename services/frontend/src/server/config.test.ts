import { afterEach, expect, it, vi } from "vitest";
import { config } from "./config";

afterEach(() => {
  vi.unstubAllEnvs();
});

it("has the stack's own addresses as defaults", () => {
  expect(config()).toEqual({ backendUrl: "http://backend:8000", chatbotUrl: "http://chatbot:8001", cookieSecure: false });
});

it("takes what the environment says", () => {
  vi.stubEnv("BACKEND_URL", "https://api.example/");
  vi.stubEnv("COOKIE_SECURE", "True");
  expect(config()).toMatchObject({ backendUrl: "https://api.example", cookieSecure: true });
});

it.each([
  ["BACKEND_URL", "backend:8000"],
  ["CHATBOT_URL", "nonsense"],
  ["COOKIE_SECURE", "maybe"],
])("names %s when it is %s", (name, value) => {
  vi.stubEnv(name, value);
  expect(() => config()).toThrow(`${name} must be`);
});
