import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AccountForm } from "@/features/account/account-form";
import { AccountPage } from "@/features/account/account-page";
import { safePath } from "@/lib/account";
import { currentUser } from "@/server/backend";

export const metadata: Metadata = { title: "Log in" };

type Props = { searchParams: Promise<{ next?: string | string[]; expired?: string }> };

export default async function LoginPage({ searchParams }: Props) {
  const { next, expired } = await searchParams;
  const path = safePath(typeof next === "string" ? next : null);
  if ((await currentUser(crypto.randomUUID())).ok) redirect(path);
  return (
    <AccountPage
      title="Log in"
      note={expired ? "Your session has ended. Log in to go on where you were." : undefined}
      other={{ question: "New here?", label: "Create an account", href: path === "/" ? "/signup" : `/signup?next=${encodeURIComponent(path)}` }}
    >
      <AccountForm kind="login" next={path} />
    </AccountPage>
  );
}
