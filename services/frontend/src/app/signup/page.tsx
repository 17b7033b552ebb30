import type { Metadata } from "next";
import { redirect } from "next/navigation";
import { AccountForm } from "@/features/account/account-form";
import { AccountPage } from "@/features/account/account-page";
import { safePath } from "@/lib/account";
import { currentUser } from "@/server/backend";

export const metadata: Metadata = { title: "Create an account" };

type Props = { searchParams: Promise<{ next?: string | string[] }> };

export default async function SignupPage({ searchParams }: Props) {
  const { next } = await searchParams;
  const path = safePath(typeof next === "string" ? next : null);
  if ((await currentUser(crypto.randomUUID())).ok) redirect(path);
  return (
    <AccountPage title="Create an account" other={{ question: "Have an account?", label: "Log in", href: "/login" }}>
      <AccountForm kind="signup" next={path} />
    </AccountPage>
  );
}
