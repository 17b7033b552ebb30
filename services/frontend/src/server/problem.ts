import "server-only";

/** @returns a problem+json answer in the shape that all our services use. */
export function problem(status: number, code: string, title: string, detail: string, requestId: string): Response {
  return Response.json(
    { type: "about:blank", title, status, detail, code, request_id: requestId },
    {
      status,
      headers: { "Content-Type": "application/problem+json", "Cache-Control": "no-store", "X-Request-ID": requestId },
    },
  );
}
