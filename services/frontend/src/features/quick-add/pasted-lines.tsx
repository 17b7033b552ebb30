import { useEffect, useRef } from "react";
import { Button } from "@/ui/button";

type Props = { lines: string[]; onEach: () => void; onOne: () => void; onCancel: () => void };

const SHOWN = 5;

/** Several lines were pasted: are they several todos or one? */
export function PastedLines({ lines, onEach, onOne, onCancel }: Props) {
  const each = useRef<HTMLButtonElement>(null);
  useEffect(() => { each.current?.focus(); }, []);
  return (
    <div role="group" aria-labelledby="pasted-lines" className="card enter mt-2 p-4">
      <p id="pasted-lines" className="font-medium">{`You pasted ${lines.length} lines`}</p>
      <ul className="mt-2 list-disc space-y-0.5 ps-5 text-sm text-muted">
        {lines.slice(0, SHOWN).map((line, at) => (
          <li key={at} className="wrap-anywhere">{line}</li>
        ))}
        {lines.length > SHOWN && <li>{`and ${lines.length - SHOWN} more`}</li>}
      </ul>
      <div className="mt-3 flex flex-wrap gap-2">
        <Button ref={each} look="primary" size="small" onClick={onEach}>{`Add ${lines.length} todos`}</Button>
        <Button size="small" onClick={onOne}>As one todo</Button>
        <Button look="quiet" size="small" onClick={onCancel}>Cancel</Button>
      </div>
    </div>
  );
}
