import { expect, it } from "vitest";
import { fieldErrors, parseProblem, ProblemError, sentence, sentenceOf } from "./problem";

it("uses the page's words for a code it knows, else the service's", () => {
  expect(sentence(parseProblem(401, { code: "wrong_credentials", detail: "nope" }))).toBe("The email or the password is not right.");
  expect(sentence(parseProblem(422, { code: "title_too_long", detail: "The title is too long." }))).toBe("The title is too long.");
  expect(sentence(parseProblem(418, { title: "I am a teapot" }))).toBe("I am a teapot");
});

it.each([null, "<html>Bad gateway</html>", 7, [], { errors: "none" }])("makes a problem of any body (%j)", (body) => {
  expect(parseProblem(502, body)).toMatchObject({ status: 502, code: "unknown", errors: [] });
  expect(sentence(parseProblem(502, body))).toBe("The server answered with status 502.");
});

it("names the field, however deep, and keeps its first message", () => {
  const problem = parseProblem(422, {
    errors: [
      { field: "body.email", message: "not an address" },
      { field: "email", message: "second" },
      { field: "password", message: "too common" },
    ],
  });
  expect(fieldErrors(problem)).toEqual({ email: "not an address", password: "too common" });
});

it("says of anything else that was thrown that there was no answer", () => {
  expect(sentenceOf(new TypeError("Failed to fetch"))).toContain("cannot be reached");
  expect(sentenceOf(new ProblemError(parseProblem(429, null)))).toContain("Wait a minute");
});
