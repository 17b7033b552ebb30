"use client";

import { createContext, use, useCallback, useEffect, useState, type ReactNode } from "react";
import { Button } from "./button";
import { CrossIcon } from "./icons";

export type Notice = {
  text: string;
  /** What everyone can see anyway is only said to a screen reader. */
  quiet?: boolean;
  /** Something that went wrong stays until it is dismissed. */
  bad?: boolean;
  action?: { label: string; run: () => void };
};

const Context = createContext<(notice: Notice) => void>(() => undefined);

// Long enough to read the sentence, reach Undo with the Tab key and decide.
const SHOWN_FOR = 12_000;

/** @returns a function that shows a result to everyone: on the screen and to a screen reader. */
export function useAnnounce(): (notice: Notice) => void {
  return use(Context);
}

/** The one status region of the page. */
export function Announcer({ children }: { children: ReactNode }) {
  const [notice, setNotice] = useState<(Notice & { id: number }) | null>(null);
  const [held, setHeld] = useState(false);

  const announce = useCallback((next: Notice) => {
    setNotice((before) => ({ ...next, id: (before?.id ?? 0) + 1 }));
  }, []);

  useEffect(() => {
    if (!notice || notice.bad || held) return;
    const timer = setTimeout(() => {
      setNotice(null);
    }, SHOWN_FOR);
    return () => {
      clearTimeout(timer);
    };
  }, [notice, held]);

  const visible = notice && !notice.quiet ? notice : null;
  return (
    <Context value={announce}>
      {children}
      {/* Not a control: pointing at the notice or reaching into it only keeps it from going away. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        // Where it covers neither the composer of the chat nor, on a desktop, anything of it.
        className="pointer-events-none fixed inset-x-0 top-16 z-30 mx-auto flex max-w-6xl justify-center px-4 sm:px-6 lg:top-auto lg:bottom-6 lg:justify-start"
        onMouseEnter={() => { setHeld(true); }}
        onMouseLeave={() => { setHeld(false); }}
        onFocus={() => { setHeld(true); }}
        onBlur={() => { setHeld(false); }}
      >
        <div
          className={
            visible
              ? "enter pointer-events-auto flex max-w-lg items-center gap-2 rounded-xl border border-line bg-surface py-1.5 ps-4 pe-1.5 shadow-(--shadow-float)"
              : "sr-only"
          }
        >
          <p role="status" className={`min-w-0 py-1 text-sm wrap-anywhere ${notice?.bad ? "text-bad" : ""}`}>
            {notice?.text}
          </p>
          {visible?.action && (
            <Button
              look="quiet"
              size="small"
              className="text-accent!"
              onClick={() => {
                visible.action?.run();
                setNotice(null);
              }}
            >
              {visible.action.label}
            </Button>
          )}
          {visible && (
            <Button look="quiet" size="icon" aria-label="Dismiss" onClick={() => { setNotice(null); }}>
              <CrossIcon />
            </Button>
          )}
        </div>
      </div>
    </Context>
  );
}
