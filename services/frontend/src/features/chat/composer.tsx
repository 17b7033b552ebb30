"use client";

import { useRef, type KeyboardEvent, type SubmitEvent } from "react";
import { Button } from "@/ui/button";
import { useDraft } from "@/ui/draft";
import { SendIcon, StopIcon } from "@/ui/icons";

type Props = {
  running: boolean;
  /** @returns whether the conversation has the message; else its text comes back. */
  onSay: (message: string) => Promise<boolean>;
  onStop: () => void;
};

const LONGEST = 4_000;

export function Composer({ running, onSay, onStop }: Props) {
  const input = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useDraft("chat");

  async function say() {
    const message = text.trim();
    input.current?.focus();
    if (message === "" || running) return;
    setText("");
    if (!(await onSay(message))) setText((begun) => begun || message);
  }

  function submit(event: SubmitEvent) {
    event.preventDefault();
    void say();
  }

  function sendOnEnter(event: KeyboardEvent) {
    // Enter also ends the choice of a character in an input method; that one sends nothing.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    void say();
  }

  return (
    <form onSubmit={submit} className="flex items-end gap-2 border-t border-line p-3">
      <label htmlFor="chat-message" className="sr-only">
        Message to the assistant
      </label>
      <textarea
        ref={input}
        id="chat-message"
        value={text}
        onChange={(event) => { setText(event.target.value); }}
        onKeyDown={sendOnEnter}
        rows={1}
        maxLength={LONGEST}
        placeholder="Ask or tell me…"
        enterKeyHint="send"
        className="input field-sizing-content max-h-40 resize-none"
      />
      {running ? (
        <Button className="w-11 shrink-0 px-0!" aria-label="Stop" onClick={onStop}>
          <StopIcon />
        </Button>
      ) : (
        <Button type="submit" look="primary" className="w-11 shrink-0 px-0!" aria-label="Send">
          <SendIcon />
        </Button>
      )}
    </form>
  );
}
