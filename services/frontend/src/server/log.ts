import "server-only";

type Level = "info" | "warning" | "error";

/** One JSON line on stdout, as the other services write theirs. */
export function log(level: Level, message: string, fields: Record<string, unknown> = {}): void {
  process.stdout.write(
    `${JSON.stringify({ time: new Date().toISOString(), level, service: "frontend", message, ...fields })}\n`,
  );
}
