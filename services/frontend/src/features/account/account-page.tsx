import Link from "next/link";
import type { ReactNode } from "react";
import { Logo } from "@/ui/logo";

type Props = { title: string; note?: string | undefined; other: { question: string; label: string; href: string }; children: ReactNode };

export function AccountPage({ title, note, other, children }: Props) {
  return (
    <div className="flex min-h-dvh flex-col items-center justify-center px-4 py-10">
      <header className="mb-6">
        <Logo />
      </header>
      <main className="card w-full max-w-sm p-6 sm:p-8">
        <h1 className="mb-5 text-2xl font-semibold tracking-tight">{title}</h1>
        {note && <p className="mb-5 rounded-lg bg-warn-soft px-3 py-2.5 text-sm text-warn">{note}</p>}
        {children}
        <p className="mt-6 text-center text-sm text-muted">
          {other.question}{" "}
          <Link href={other.href} prefetch={false} className="font-medium text-accent underline underline-offset-4 hover:text-accent-strong">
            {other.label}
          </Link>
        </p>
      </main>
    </div>
  );
}
