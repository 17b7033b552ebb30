"use client";

import { useState, type Ref, type SubmitEvent } from "react";
import { sendJson } from "@/lib/http";
import { goTo } from "@/lib/navigate";
import { fieldErrors, ProblemError, sentenceOf } from "@/lib/problem";
import { Button } from "@/ui/button";
import { forgetDrafts } from "@/ui/draft";
import { Field } from "@/ui/field";

/** The one act that nothing undoes, so it asks for the password. */
export function DeleteAccount({ ref, email }: { ref: Ref<HTMLDialogElement>; email: string }) {
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState("");

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const { password } = Object.fromEntries(new FormData(event.currentTarget)) as { password: string };
    if (password === "") {
      setError("Enter your password.");
      return;
    }
    setBusy(true);
    try {
      await sendJson("/api/auth/me", { method: "DELETE", body: { password } });
      forgetDrafts();
      goTo("/signup");
    } catch (failure) {
      const byField = failure instanceof ProblemError ? fieldErrors(failure.problem) : {};
      setError(byField.password ?? sentenceOf(failure));
      setBusy(false);
    }
  }

  return (
    <dialog
      ref={ref}
      aria-labelledby="delete-account-heading"
      onClose={() => { setError(""); }}
      className="card m-auto w-[min(26rem,calc(100vw-2rem))] p-6 text-ink"
    >
      <form onSubmit={submit} noValidate className="space-y-4">
        <h2 id="delete-account-heading" className="text-xl font-semibold">
          Delete your account?
        </h2>
        <p className="text-sm text-muted">Your account and all your todos are removed for good.</p>
        {/* Tells a password manager whose password is asked for. */}
        <input hidden readOnly name="username" autoComplete="username" value={email} />
        <Field label="Password" name="password" type="password" autoComplete="current-password" error={error || undefined} required />
        <div className="flex flex-wrap justify-end gap-2">
          <Button look="quiet" onClick={(event) => { event.currentTarget.closest("dialog")?.close(); }}>
            Cancel
          </Button>
          <Button type="submit" look="danger" busy={busy}>
            Delete account
          </Button>
        </div>
      </form>
    </dialog>
  );
}
