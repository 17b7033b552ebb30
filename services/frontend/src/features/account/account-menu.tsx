"use client";

import { useRef } from "react";
import { sendJson } from "@/lib/http";
import { goTo } from "@/lib/navigate";
import { sentenceOf } from "@/lib/problem";
import type { User } from "@/lib/account";
import { useAnnounce } from "@/ui/announcer";
import { Button } from "@/ui/button";
import { forgetDrafts } from "@/ui/draft";
import { LeaveIcon, TrashIcon, UserIcon } from "@/ui/icons";
import { DeleteAccount } from "./delete-account";
import { ThemeSwitch } from "./theme-switch";

export function AccountMenu({ user }: { user: User }) {
  const announce = useAnnounce();
  const menu = useRef<HTMLDivElement>(null);
  const dialog = useRef<HTMLDialogElement>(null);

  async function logOut() {
    try {
      await sendJson("/api/auth/logout", { method: "POST" });
      forgetDrafts();
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
        className="menu w-68 rounded-2xl border border-line bg-surface p-2 text-ink shadow-(--shadow-float)"
      >
        <div className="px-3 pt-1.5 pb-2.5 wrap-anywhere">
          {user.name && <p className="font-medium">{user.name}</p>}
          <p className="text-sm text-muted">{user.email}</p>
        </div>
        <div className="mb-2 border-y border-line py-1.5">
          <ThemeSwitch />
        </div>
        <Button look="quiet" className="w-full justify-start! text-ink!" onClick={() => void logOut()}>
          <LeaveIcon />
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
          <TrashIcon />
          Delete account…
        </Button>
      </div>
      <DeleteAccount ref={dialog} email={user.email} />
    </>
  );
}
