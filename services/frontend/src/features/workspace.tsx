"use client";

import { useCallback, useEffect, useRef, useState, useSyncExternalStore } from "react";
import type { User } from "@/lib/account";
import type { Problem } from "@/lib/problem";
import type { TodoPage } from "@/lib/todo";
import { Button } from "@/ui/button";
import { ownDrafts } from "@/ui/draft";
import { SparkIcon } from "@/ui/icons";
import { Logo } from "@/ui/logo";
import { useMedia } from "@/ui/use-media";
import { AccountMenu } from "./account/account-menu";
import { ChatPanel } from "./chat/chat-panel";
import { ChatSheet } from "./chat/chat-sheet";
import { mark } from "./marks";
import { todoApi } from "./todos/api";
import { TodoStore } from "./todos/store";
import { TodoPanel } from "./todos/todo-panel";
import { useTodoEvents } from "./todos/use-todo-events";

type Props = { user: User; first: { page?: TodoPage; problem?: Problem }; servedAt: string };

/** The list with the assistant beside it; on a phone the assistant comes in a sheet over the list. */
export function Workspace({ user, first, servedAt }: Props) {
  const [store] = useState(() => new TodoStore(todoApi, first));
  const [opened, setOpened] = useState(false);
  const launcher = useRef<HTMLButtonElement>(null);
  const wide = useMedia("(min-width: 64rem)", false);
  const modal = opened && !wide;
  useTodoEvents(store);

  useEffect(() => { ownDrafts(user.id); }, [user.id]);
  useEffect(() => void store.readOn(), [store]);
  const changed = useCallback(
    (ids: string[]) => {
      mark(ids);
      void store.catchUp();
    },
    [store],
  );
  function close() {
    setOpened(false);
    // Once it may have the focus again.
    requestAnimationFrame(() => launcher.current?.focus());
  }

  return (
    <div className="mx-auto flex min-h-dvh max-w-6xl flex-col">
      <header inert={modal} className="sticky top-0 z-20 flex items-center justify-between bg-canvas/95 px-4 py-2.5 sm:px-6 short:static">
        <Logo />
        <AccountMenu user={user} />
      </header>
      <main className="grid flex-1 gap-6 px-4 pt-2 pb-24 sm:px-6 lg:grid-cols-[minmax(0,1fr)_24rem] lg:pb-6 xl:grid-cols-[minmax(0,1fr)_26rem] short:pb-4">
        <div inert={modal} className="min-w-0">
          <TodoPanel store={store} userId={user.id} servedAt={servedAt} />
        </div>
        <ChatSheet modal={modal} onClose={close}>
          <ChatPanel visible={wide || modal} openTitle={useOpenTitle(store)} onChange={changed} onClose={close} />
        </ChatSheet>
      </main>
      <Button
        ref={launcher}
        look="primary"
        inert={modal}
        aria-haspopup="dialog"
        onClick={() => { setOpened(true); }}
        className="fixed end-4 bottom-[calc(1rem+env(safe-area-inset-bottom))] z-20 rounded-full! pe-5! shadow-(--shadow-float)! lg:hidden short:static short:me-4 short:mb-4 short:self-end"
      >
        <SparkIcon />
        Assistant
      </Button>
    </div>
  );
}

/** @returns the title of a todo that there is something to do about, for an example that works. */
function useOpenTitle(store: TodoStore): string | undefined {
  const read = () => store.snapshot().board.todos.find(({ completed, title }) => !completed && title.length <= 40)?.title;
  return useSyncExternalStore(store.subscribe, read, read);
}
