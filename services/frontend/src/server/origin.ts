import "server-only";

/**
 * @param headers of a request that writes.
 * @returns whether it came from a page of this very site. Browsers send Origin with every such request, so none means no.
 */
export function isSameOrigin(headers: Headers): boolean {
  const origin = headers.get("origin");
  // Only the host is compared: TLS may end at a proxy in front, which then says so itself.
  const host = headers.get("x-forwarded-host") ?? headers.get("host");
  return origin !== null && host !== null && URL.canParse(origin) && new URL(origin).host === host;
}
