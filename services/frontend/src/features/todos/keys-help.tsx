"use client";

import { useEffect, useRef } from "react";
import { Button } from "@/ui/button";
import { useSingleKeys } from "./use-keys";

const SINGLE: [string, string][] = [
  ["?", "This list of keys"],
  ["N", "Write a new todo"],
  ["/", "Search"],
  ["J, K", "Next and previous todo"],
  ["X", "Select the todo"],
  ["E", "Edit the todo"],
  ["Delete", "Delete the todo"],
];
const ALWAYS: [string, string][] = [
  ["Space", "Complete the todo"],
  ["Shift + ↓, Shift + ↑", "Select further todos"],
  ["Ctrl + Z", "Undo the last change"],
  ["Enter, Escape", "Save an edit, leave it"],
];

export function KeysHelp({ onClose }: { onClose: () => void }) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [on, turn] = useSingleKeys();
  useEffect(() => { dialog.current?.showModal(); }, []);
  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby="keys-heading" className="card m-auto w-full max-w-md p-6 text-ink">
      <h2 id="keys-heading" className="text-xl font-semibold">Keys</h2>
      <label className="mt-3 flex items-center gap-3">
        <input type="checkbox" checked={on} onChange={(event) => { turn(event.target.checked); }} className="size-5 accent-accent" />
        Single keys do something
      </label>
      <KeyTable keys={on ? [...SINGLE, ...ALWAYS] : ALWAYS} />
      <div className="mt-4 text-end">
        <Button look="primary" onClick={() => dialog.current?.close()}>Close</Button>
      </div>
    </dialog>
  );
}

function KeyTable({ keys }: { keys: [string, string][] }) {
  return (
    <dl className="mt-4 grid grid-cols-[auto_1fr] gap-x-4 gap-y-2 text-sm">
      {keys.map(([key, does]) => (
        <div key={key} className="contents">
          <dt><kbd className="rounded-md border border-edge bg-raised px-1.5 py-0.5 font-sans">{key}</kbd></dt>
          <dd>{does}</dd>
        </div>
      ))}
    </dl>
  );
}
