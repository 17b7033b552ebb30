import { useCallback, useMemo, useState } from "react";
import type { Row } from "./board";

export type Selection = {
  /** Whether rows can be chosen at all. */
  on: boolean;
  ids: ReadonlySet<string>;
  /** Chooses or leaves a row; with `range` all from the last chosen one to it. */
  choose: (id: string, range: boolean) => void;
  chooseAll: () => void;
  begin: () => void;
  end: () => void;
};

const NONE: ReadonlySet<string> = new Set();

/** @param rows as they are shown: what is hidden cannot be chosen. */
export function useSelection(rows: readonly Row[]): Selection {
  const [on, setOn] = useState(false);
  const [picked, setPicked] = useState(NONE);
  const [anchor, setAnchor] = useState<string>();
  const shown = useMemo(() => rows.map(({ todo }) => todo.id), [rows]);
  const ids = useMemo(() => (picked.size === 0 ? NONE : new Set(shown.filter((id) => picked.has(id)))), [shown, picked]);

  const choose = (id: string, range: boolean) => {
    const from = anchor === undefined ? -1 : shown.indexOf(anchor);
    const to = shown.indexOf(id);
    const next = new Set(ids);
    if (range && from >= 0) for (const one of shown.slice(Math.min(from, to), Math.max(from, to) + 1)) next.add(one);
    else if (next.has(id)) next.delete(id);
    else next.add(id);
    setOn(true);
    setPicked(next);
    setAnchor(id);
  };
  const begin = useCallback(() => { setOn(true); }, []);
  const end = useCallback(() => {
    setOn(false);
    setPicked(NONE);
    setAnchor(undefined);
  }, []);
  return { on, ids, choose, chooseAll: () => { setPicked(new Set(shown)); }, begin, end };
}
