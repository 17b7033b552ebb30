"use client";

import { useRouter } from "next/navigation";
import { useEffect } from "react";
import { sentence, type Problem } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Logo } from "@/ui/logo";

const TRY_AGAIN_EVERY = 5_000;

/** Instead of the list, when nobody can say whose it is. It goes away by itself. */
export function Unreachable({ problem }: { problem: Problem }) {
  const router = useRouter();

  useEffect(() => {
    const timer = setInterval(() => { router.refresh(); }, TRY_AGAIN_EVERY);
    return () => {
      clearInterval(timer);
    };
  }, [router]);

  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 px-4 text-center">
      <Logo />
      <h1 className="text-2xl font-semibold tracking-tight">Your list is out of reach</h1>
      <p role="status" className="max-w-sm text-muted">
        {sentence(problem)} This page tries again by itself.
      </p>
      <Button onClick={() => { router.refresh(); }}>Try now</Button>
    </main>
  );
}
