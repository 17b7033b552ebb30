"use client";

import { createContext, use, useCallback, useEffect, useState, type ReactNode } from "react";
import { Button } from "./button";
import { CrossIcon } from "./icons";

export type Notice = {
  text: string;
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

  return (
    <Context value={announce}>
      {children}
      {/* Not a control: pointing at the notice or reaching into it only keeps it from going away. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        className="pointer-events-none fixed inset-x-0 bottom-20 z-30 flex justify-center px-3 lg:bottom-6"
        onMouseEnter={() => { setHeld(true); }}
        onMouseLeave={() => { setHeld(false); }}
        onFocus={() => { setHeld(true); }}
        onBlur={() => { setHeld(false); }}
      >
        <div
          className={
            notice
              ? "enter pointer-events-auto flex max-w-lg items-center gap-2 rounded-xl border border-line bg-surface py-1.5 ps-4 pe-1.5 shadow-(--shadow-float)"
              : ""
          }
        >
          <p role="status" className={`min-w-0 py-1 text-sm wrap-anywhere ${notice?.bad ? "text-bad" : ""}`}>
            {notice?.text}
          </p>
          {notice?.action && (
            <Button
              look="quiet"
              size="small"
              className="text-accent!"
              onClick={() => {
                notice.action?.run();
                setNotice(null);
              }}
            >
              {notice.action.label}
            </Button>
          )}
          {notice && (
            <Button look="quiet" size="icon" aria-label="Dismiss" onClick={() => { setNotice(null); }}>
              <CrossIcon />
            </Button>
          )}
        </div>
      </div>
    </Context>
  );
}
