"use client";

import { useRef } from "react";
import { sendJson } from "@/lib/http";
import { goTo } from "@/lib/navigate";
import { sentenceOf } from "@/lib/problem";
import type { User } from "@/lib/account";
import { useAnnounce } from "@/ui/announcer";
import { Button } from "@/ui/button";
import { UserIcon } from "@/ui/icons";
import { DeleteAccount } from "./delete-account";

export function AccountMenu({ user }: { user: User }) {
  const announce = useAnnounce();
  const menu = useRef<HTMLDivElement>(null);
  const dialog = useRef<HTMLDialogElement>(null);

  async function logOut() {
    try {
      await sendJson("/api/auth/logout", { method: "POST" });
      goTo("/login");
    } catch (error) {
      announce({ text: sentenceOf(error), bad: true });
    }
  }

  return (
    <>
      <Button look="quiet" className="px-2! sm:px-3!" popoverTarget="account-menu" aria-label={`Account of ${user.name || user.email}`}>
        <UserIcon />
        <span className="hidden max-w-40 truncate sm:inline">{user.name || user.email}</span>
      </Button>
      <div
        ref={menu}
        id="account-menu"
        popover="auto"
        className="menu w-64 rounded-xl border border-line bg-surface p-2 text-ink shadow-(--shadow-float)"
      >
        <p className="px-3 pt-1 pb-2 text-sm text-muted wrap-anywhere">{user.email}</p>
        <Button look="quiet" className="w-full justify-start! text-ink!" onClick={() => void logOut()}>
          Log out
        </Button>
        <Button
          look="quiet"
          className="w-full justify-start! text-bad!"
          onClick={() => {
            menu.current?.hidePopover();
            dialog.current?.showModal();
          }}
        >
          Delete account…
        </Button>
      </div>
      <DeleteAccount ref={dialog} email={user.email} />
    </>
  );
}
