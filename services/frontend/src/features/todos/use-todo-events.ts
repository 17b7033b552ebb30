import { useEffect } from "react";
import type { TodoStore } from "./store";

const RETRY_AFTER = 5_000;

/**
 * Keeps the list in step with the server while the page is visible. A hidden page listens to nothing (a browser allows six
 * connections to a server, whatever the number of its tabs) and reads the list anew when it is looked at again.
 */
export function useTodoEvents(store: TodoStore): void {
  useEffect(() => {
    let source: EventSource | undefined;
    let retry: ReturnType<typeof setTimeout> | undefined;
    let missedSome = false;

    function open() {
      source = new EventSource("/api/todos/events");
      source.onopen = () => {
        if (missedSome) void store.refresh();
        missedSome = false;
      };
      source.addEventListener("todo", (event: MessageEvent<string>) => {
        void store.receive(JSON.parse(event.data) as { type: string; id: string; version: number });
      });
      source.onerror = () => {
        missedSome = true;
        if (source?.readyState !== EventSource.CLOSED) return;
        // The server refused, so the browser does not try again. Reading the list tells why (an ended session goes to login).
        retry = setTimeout(() => {
          void store.refresh();
          open();
        }, RETRY_AFTER);
      };
    }

    function close() {
      clearTimeout(retry);
      source?.close();
      source = undefined;
    }

    function follow() {
      if (document.hidden) {
        close();
        missedSome = true;
      } else if (!source) {
        open();
      }
    }

    follow();
    document.addEventListener("visibilitychange", follow);
    return () => {
      document.removeEventListener("visibilitychange", follow);
      close();
    };
  }, [store]);
}
