"use client";

import { useSearchParams } from "next/navigation";
import { useCallback, useEffect, useState } from "react";
import type { User } from "@/lib/account";
import type { Problem } from "@/lib/problem";
import { parseFilter, type Filter, type TodoPage } from "@/lib/todo";
import { ListIcon, SparkIcon } from "@/ui/icons";
import { Logo } from "@/ui/logo";
import { AccountMenu } from "./account/account-menu";
import { ChatPanel } from "./chat/chat-panel";
import { todoApi } from "./todos/api";
import { filterAddress } from "./todos/filter-bar";
import { TodoStore } from "./todos/store";
import { TodoPanel } from "./todos/todo-panel";
import { useTodoEvents } from "./todos/use-todo-events";

type Panel = "todos" | "chat";
type Props = { user: User; first: { page?: TodoPage; problem?: Problem } };

/** The list with the assistant beside it; on a phone one of the two at a time. */
export function Workspace({ user, first }: Props) {
  const filter = parseFilter(useSearchParams().get("filter"));
  const [store] = useState(() => new TodoStore(todoApi, filter, first));
  const [panel, setPanel] = useState<Panel>("todos");
  const refresh = useCallback(() => void store.refresh(), [store]);
  useTodoEvents(store);

  // The address is what holds the filter, so Back and Forward work too.
  useEffect(() => void store.show(filter), [store, filter]);
  const choose = (wanted: Filter) => {
    if (wanted !== filter) window.history.pushState(null, "", filterAddress(wanted));
  };

  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col">
      <header className="sticky top-0 z-20 flex items-center justify-between bg-canvas/95 px-4 py-2.5 sm:px-6">
        <Logo />
        <AccountMenu user={user} />
      </header>
      <main className="grid flex-1 gap-6 px-4 pt-2 pb-24 sm:px-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:pb-6 xl:grid-cols-[minmax(0,1fr)_26rem]">
        <div className={panel === "todos" ? "min-w-0" : "hidden min-w-0 lg:block"}>
          <TodoPanel store={store} onFilter={choose} />
        </div>
        <div className={panel === "chat" ? "h-[calc(100dvh-9.5rem)] min-w-0 lg:sticky lg:top-18 lg:h-[calc(100dvh-6rem)]" : "hidden min-w-0 lg:sticky lg:top-18 lg:block lg:h-[calc(100dvh-6rem)]"}>
          <ChatPanel onChange={refresh} />
        </div>
      </main>
      <PanelSwitch panel={panel} onPanel={setPanel} />
    </div>
  );
}

const PANELS = [
  { name: "todos", label: "Todos", Icon: ListIcon },
  { name: "chat", label: "Assistant", Icon: SparkIcon },
] as const;

function PanelSwitch({ panel, onPanel }: { panel: Panel; onPanel: (panel: Panel) => void }) {
  return (
    <nav aria-label="Panels" className="fixed inset-x-0 bottom-0 z-20 border-t border-line bg-surface pb-[env(safe-area-inset-bottom)] lg:hidden">
      <div className="mx-auto grid max-w-md grid-cols-2">
        {PANELS.map(({ name, label, Icon }) => (
          <button
            key={name}
            type="button"
            aria-pressed={panel === name}
            onClick={() => { onPanel(name); }}
            className="flex min-h-16 flex-col items-center justify-center gap-0.5 text-xs font-medium text-muted -outline-offset-4! aria-pressed:text-accent"
          >
            <Icon />
            {label}
          </button>
        ))}
      </div>
    </nav>
  );
}
