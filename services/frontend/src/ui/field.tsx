import { useId, type ComponentProps } from "react";

type Props = Omit<ComponentProps<"input">, "id"> & {
  label: string;
  hint?: string;
  error?: string | undefined;
};

/** A label, its input and what is wrong with it, tied together for everyone. */
export function Field({ label, hint, error, className = "", ...input }: Props) {
  const id = useId();
  const described = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className={className}>
      <label htmlFor={id} className="mb-1.5 block text-sm font-medium">
        {label}
      </label>
      <input
        id={id}
        className="input"
        {...(error && { "aria-invalid": true })}
        {...(described && { "aria-describedby": described })}
        {...input}
      />
      {hint && (
        <p id={`${id}-hint`} className="mt-1.5 text-sm text-muted">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="mt-1.5 text-sm font-medium text-bad">
          {error}
        </p>
      )}
    </div>
  );
}
