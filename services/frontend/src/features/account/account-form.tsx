"use client";

import { useRef, useState, type SubmitEvent } from "react";
import { sendJson } from "@/lib/http";
import { goTo } from "@/lib/navigate";
import { fieldErrors, ProblemError, sentenceOf } from "@/lib/problem";
import { Button } from "@/ui/button";
import { Field } from "@/ui/field";
import { useHydrated } from "@/ui/use-hydrated";

type Props = {
  kind: "login" | "signup";
  /** Where to go afterwards: a path of this site. */
  next: string;
};

/** Login and signup. What was typed stays; what is wrong is said at its field and gets the focus. */
export function AccountForm({ kind, next }: Props) {
  const form = useRef<HTMLFormElement>(null);
  const [busy, setBusy] = useState(false);
  const [errors, setErrors] = useState<Record<string, string>>({});
  const [failure, setFailure] = useState("");
  const alive = useHydrated();

  function show(found: Record<string, string>, general: string) {
    setErrors(found);
    setFailure(general);
    setBusy(false);
    const first = Object.keys(found)[0];
    const input = first && form.current?.elements.namedItem(first);
    if (input instanceof HTMLElement) input.focus();
  }

  async function submit(event: SubmitEvent<HTMLFormElement>) {
    event.preventDefault();
    if (busy) return;
    const values = Object.fromEntries(new FormData(event.currentTarget)) as Record<string, string>;
    const missing = check(kind, values);
    if (Object.keys(missing).length > 0) {
      show(missing, "");
      return;
    }
    setBusy(true);
    try {
      await sendJson(`/api/auth/${kind}`, { method: "POST", body: values });
      goTo(next);
    } catch (error) {
      const byField = error instanceof ProblemError ? fieldErrors(error.problem) : {};
      const known = Object.fromEntries(Object.entries(byField).filter(([name]) => name in values));
      show(known, Object.keys(known).length > 0 ? "" : sentenceOf(error));
    }
  }

  const signup = kind === "signup";
  return (
    <form ref={form} method="post" noValidate onSubmit={submit} className="space-y-4">
      {failure && (
        <p role="alert" className="rounded-lg bg-bad-soft px-3 py-2.5 text-sm font-medium text-bad">
          {failure}
        </p>
      )}
      {signup && <Field label="Name" name="name" autoComplete="name" maxLength={200} error={errors.name} required />}
      <Field label="Email" name="email" type="email" autoComplete={signup ? "email" : "username"} inputMode="email" error={errors.email} required />
      <Field
        label="Password"
        name="password"
        type="password"
        autoComplete={signup ? "new-password" : "current-password"}
        {...(signup && { hint: "At least 8 characters." })}
        error={errors.password}
        required
      />
      {/* A click before that would send the form the browser's way: the page comes again, and what was typed is gone. */}
      <Button type="submit" look="primary" busy={busy} disabled={!alive} className="w-full">
        {busy ? "One moment…" : signup ? "Create account" : "Log in"}
      </Button>
    </form>
  );
}

/** Says at once what the server would say anyway. */
function check(kind: Props["kind"], values: Record<string, string>): Record<string, string> {
  const errors: Record<string, string> = {};
  if (kind === "signup" && !values.name?.trim()) errors.name = "Enter your name.";
  if (!/^\S+@\S+$/.test(values.email ?? "")) errors.email = "Enter an email address, like name@example.com.";
  if (!values.password) errors.password = "Enter your password.";
  else if (kind === "signup" && values.password.length < 8) errors.password = "Use at least 8 characters.";
  return errors;
}
