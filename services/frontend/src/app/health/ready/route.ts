import { config } from "@/server/config";

export const dynamic = "force-dynamic";

/** The page can be served. It does not ask the backend: a page that says "the server is away" is better than none. */
export function GET(): Response {
  config();
  return Response.json({ status: "ready" }, { headers: { "Cache-Control": "no-store" } });
}
