import { useSearchParams } from "next/navigation";
import { useEffect, useRef, useState } from "react";
import { addressOf, viewIn, type View } from "@/lib/view";

const TYPING = 250;

/** @returns what is looked at; choosing something makes a step for Back, typing changes the address where it is. */
export function useView(): { view: View; choose: (view: View) => void; search: (q: string) => void } {
  const parameters = useSearchParams();
  const addressed = viewIn((name) => parameters.get(name));
  // What is typed shows at once; the address follows when the typing rests, since browsers limit how often it may change.
  const [typed, setTyped] = useState<{ q: string; over: string }>();
  const waiting = useRef<ReturnType<typeof setTimeout>>(undefined);
  const q = typed?.over === addressed.q ? typed.q : addressed.q;
  const view = { ...addressed, q };

  useEffect(() => () => { clearTimeout(waiting.current); }, []);

  return {
    view,
    choose(wanted) {
      clearTimeout(waiting.current);
      setTyped(undefined);
      const here = addressOf(view);
      // What was typed a moment ago is what Back comes to.
      if (here !== addressOf(addressed)) window.history.replaceState(null, "", here);
      if (addressOf(wanted) !== here) window.history.pushState(null, "", addressOf(wanted));
    },
    search(text) {
      setTyped({ q: text, over: addressed.q });
      clearTimeout(waiting.current);
      waiting.current = setTimeout(() => { window.history.replaceState(null, "", addressOf({ ...view, q: text })); }, TYPING);
    },
  };
}
