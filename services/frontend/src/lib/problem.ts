/** Errors as the services send them (RFC 9457) and as the page shows them. */

export type FieldError = { field: string; message: string };

export type Problem = {
  status: number;
  code: string;
  title: string;
  detail: string;
  errors: FieldError[];
  requestId?: string;
};

/** Codes that the page has its own words for. Any other code shows the sentence that the service sent. */
const WORDS = {
  wrong_credentials: "The email or the password is not right.",
  email_taken: "There is an account with this email already. Log in instead?",
  wrong_password: "The password is not right.",
  too_many_requests: "Too many tries in a short time. Wait a minute, then try again.",
  version_mismatch: "This todo was changed elsewhere. The list shows it as it is now.",
  unauthorized: "Your session has ended. Log in again.",
  not_found: "This todo is gone.",
  token_invalid: "This can no longer be done: the question has expired. Ask the assistant again.",
  token_used: "This was done already.",
  unavailable: "The server cannot answer right now. Try again in a moment.",
  backend_unavailable: "The assistant cannot reach your list right now. Try again in a moment.",
  cross_site: "This request came from another site and was refused.",
  upstream_unreachable: "The server cannot be reached right now. Try again in a moment.",
  upstream_timeout: "The server took too long to answer. Try again.",
  offline: "The server cannot be reached. Check your connection.",
} as const;

export type ErrorCode = keyof typeof WORDS;

/** A failed call to one of our own route handlers or to a service. */
export class ProblemError extends Error {
  override readonly name = "ProblemError";
  constructor(readonly problem: Problem) {
    super(sentence(problem));
  }
}

export function isErrorCode(code: string): code is ErrorCode {
  return Object.hasOwn(WORDS, code);
}

/** @returns one sentence for a person. */
export function sentence(problem: Problem): string {
  if (isErrorCode(problem.code)) return WORDS[problem.code];
  return problem.detail || problem.title;
}

/** @returns the sentence for anything thrown. */
export function sentenceOf(error: unknown): string {
  return error instanceof ProblemError ? error.message : WORDS.offline;
}

/** @returns the messages by field name; the backend's "body.email" and "email" both mean email. */
export function fieldErrors(problem: Problem): Record<string, string> {
  const byField: Record<string, string> = {};
  for (const { field, message } of problem.errors) {
    const name = field.split(".").at(-1);
    if (name && !(name in byField)) byField[name] = message;
  }
  // This one code belongs to a field although the backend may not say so.
  if (problem.code === "email_taken") byField.email = WORDS.email_taken;
  return byField;
}

const record = (value: unknown): Record<string, unknown> =>
  typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
const text = (value: unknown, otherwise: string): string => (typeof value === "string" ? value : otherwise);

/** @returns the problem that a failed answer describes, whatever it holds: a proxy in between may answer with HTML. */
export function parseProblem(status: number, body: unknown): Problem {
  const fields = record(body);
  const errors = Array.isArray(fields.errors) ? fields.errors.map(record) : [];
  const fallback = `The server answered with status ${status}.`;
  return {
    status,
    code: text(fields.code, status === 401 ? "unauthorized" : status === 429 ? "too_many_requests" : "unknown"),
    title: text(fields.title, fallback),
    detail: text(fields.detail, ""),
    errors: errors.map((e) => ({ field: text(e.field, ""), message: text(e.message, "") })),
    ...(typeof fields.request_id === "string" && { requestId: fields.request_id }),
  };
}
