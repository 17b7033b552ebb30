"use client";

import { Button } from "@/ui/button";
import { Logo } from "@/ui/logo";

export default function ErrorPage({ reset }: { error: Error; reset: () => void }) {
  return (
    <main className="flex min-h-dvh flex-col items-center justify-center gap-4 px-4 text-center">
      <Logo />
      <h1 className="text-2xl font-semibold tracking-tight">Something went wrong</h1>
      <p className="text-muted">Your todos are safe on the server.</p>
      <Button look="primary" onClick={reset}>
        Try again
      </Button>
    </main>
  );
}
