export type User = { id: string; email: string; name: string; created_at: string };

/** @returns the address to go to after login: only a path of this site, so that a crafted link leads nowhere else. */
export function safePath(path: string | null | undefined): string {
  if (!path?.startsWith("/") || path.startsWith("//") || path.includes("\\")) return "/";
  return /^\/(?:login|signup)(?:[/?#]|$)/.test(path) ? "/" : path;
}
