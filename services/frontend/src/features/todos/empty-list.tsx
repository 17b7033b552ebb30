import type { Filter } from "@/lib/todo";

const WORDS: Record<Filter, { title: string; hint: string }> = {
  all: { title: "Nothing here yet", hint: "Write your first todo above, or ask the assistant to add one." },
  open: { title: "All done", hint: "There is nothing open. Enjoy it." },
  done: { title: "Nothing done yet", hint: "What you complete is kept here." },
};

export function EmptyList({ filter }: { filter: Filter }) {
  return (
    <div className="rounded-2xl border border-dashed border-edge px-6 py-12 text-center">
      <p className="font-medium">{WORDS[filter].title}</p>
      <p className="mt-1 text-sm text-muted">{WORDS[filter].hint}</p>
    </div>
  );
}
