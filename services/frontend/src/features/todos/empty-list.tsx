import type { ReactNode } from "react";
import type { Filter } from "@/lib/todo";
import type { View } from "@/lib/view";
import { Button } from "@/ui/button";
import { PlusIcon } from "@/ui/icons";

const WORDS: Record<Filter, { title: string; hint: string }> = {
  all: { title: "Nothing here yet", hint: "Write your first todo above, ask the assistant to add one, or begin with one of these:" },
  open: { title: "All done", hint: "There is nothing open. Enjoy it." },
  done: { title: "Nothing done yet", hint: "What you complete is kept here." },
};
const EXAMPLES = ["Water the plants", "Pay rent tomorrow 5pm p1", "Call the dentist on friday"];

type Props = { view: View; onView: (view: View) => void; onExample: (text: string) => void };

export function EmptyList({ view, onView, onExample }: Props) {
  const { title, hint } = WORDS[view.filter];
  if (view.q.trim() !== "") {
    return (
      <Card title={`Nothing matches “${view.q.trim()}”`} hint={view.filter === "all" ? "" : `Only what is ${view.filter} is searched.`}>
        <Button onClick={() => { onView({ ...view, filter: "all", q: "" }); }}>Show everything</Button>
      </Card>
    );
  }
  return (
    <Card title={title} hint={hint}>
      {view.filter === "all" && (
        <ul aria-label="Example todos" className="flex flex-wrap justify-center gap-2">
          {EXAMPLES.map((text) => (
            <li key={text}>
              <Button size="small" aria-label={`Add the example “${text}”`} onClick={() => { onExample(text); }}>
                <PlusIcon />
                {text}
              </Button>
            </li>
          ))}
        </ul>
      )}
    </Card>
  );
}

function Card({ title, hint, children }: { title: string; hint: string; children: ReactNode }) {
  return (
    <div className="rounded-2xl border border-dashed border-edge px-6 py-12 text-center">
      <p className="font-medium">{title}</p>
      <p className="mt-1 mb-4 text-sm text-muted">{hint}</p>
      {children}
    </div>
  );
}
