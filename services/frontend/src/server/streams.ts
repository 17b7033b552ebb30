import "server-only";

// Next bundles routes and instrumentation apart; the global object is what they share.
const shared = globalThis as { openStreams?: Set<AbortController> };
const open = (shared.openStreams ??= new Set());

/**
 * A stream of events lasts as long as its page. Without this a stopping server would wait for every open page.
 * @returns a signal that ends with the browser's request or with the server.
 */
export function streamSignal(request: AbortSignal): AbortSignal {
  const controller = new AbortController();
  open.add(controller);
  request.addEventListener("abort", () => {
    open.delete(controller);
    controller.abort();
  });
  return controller.signal;
}

export function endStreams(): void {
  for (const controller of open) controller.abort();
  open.clear();
}
