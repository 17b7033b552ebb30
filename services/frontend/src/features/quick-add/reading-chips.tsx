import { describeDue } from "@/lib/due";
import { CalendarIcon, CrossIcon, FlagIcon } from "@/ui/icons";
import type { Reading } from "./read";

type Props = { readings: Reading[]; now: Date; onLiteral: (key: string) => void };

const LEVELS = { low: "Low priority", normal: "Normal priority", high: "High priority" } as const;

/** What was read out of the line; a click takes it for mere words again. */
export function ReadingChips({ readings, now, onLiteral }: Props) {
  return (
    <ul aria-label="Understood" className="mt-2 flex flex-wrap gap-2 px-1">
      {readings.map((reading) => {
        const meaning = reading.kind === "due" ? describeDue(reading.due, now).text : LEVELS[reading.priority];
        return (
          <li key={reading.key}>
            <button
              type="button"
              aria-label={`${meaning}: take “${reading.words}” as words instead`}
              onClick={() => { onLiteral(reading.key); }}
              className="inline-flex min-h-8 items-center gap-1.5 rounded-full bg-accent-soft ps-3 pe-2 text-sm font-medium text-accent hover:text-accent-strong [&>svg]:size-4"
            >
              {reading.kind === "due" ? <CalendarIcon /> : <FlagIcon />}
              {meaning}
              <CrossIcon />
            </button>
          </li>
        );
      })}
    </ul>
  );
}
