"use client";

import { useEffect, useRef, type KeyboardEvent, type ReactNode } from "react";

type Props = {
  /** On a phone: laid over the list. Beside the list there is nothing to open. */
  modal: boolean;
  onClose: () => void;
  children: ReactNode;
};

/** Where the assistant is: beside the list, or on a phone in a sheet over it that has the keyboard to itself. */
export function ChatSheet({ modal, onClose, children }: Props) {
  const sheet = useRef<HTMLDivElement>(null);

  useEffect(() => {
    // Not into the text field: that would cover half of the phone with its keyboard at once.
    if (modal) sheet.current?.focus();
  }, [modal]);

  function closeOnEscape(event: KeyboardEvent) {
    if (event.key !== "Escape" || !modal) return;
    event.stopPropagation();
    onClose();
  }

  return (
    <>
      {modal && <div aria-hidden="true" className="fixed inset-0 z-30 bg-black/50 lg:hidden" onClick={onClose} />}
      {/* The keys are those of any dialog. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div
        ref={sheet}
        {...(modal && { role: "dialog", "aria-modal": true, "aria-labelledby": "chat-heading", tabIndex: -1 })}
        onKeyDown={closeOnEscape}
        className={
          modal
            ? "sheet fixed inset-x-0 bottom-0 z-40 mx-auto h-[min(88dvh,46rem)] max-w-xl outline-none short:h-dvh"
            : "hidden min-w-0 lg:sticky lg:top-18 lg:block lg:h-[calc(100dvh-6rem)] lg:min-h-96"
        }
      >
        {children}
      </div>
    </>
  );
}
