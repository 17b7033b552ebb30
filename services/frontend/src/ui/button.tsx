import type { ComponentProps } from "react";

// A border that cannot be seen becomes the button's outline where the system forces its own colours.
const LOOKS = {
  primary: "border-transparent bg-accent text-on-accent shadow-xs hover:bg-accent-strong",
  plain: "border-edge bg-surface text-ink hover:bg-raised",
  quiet: "border-transparent text-muted hover:bg-raised hover:text-ink",
  danger: "border-transparent bg-bad text-on-bad hover:bg-bad-strong",
} as const;

const SIZES = {
  normal: "min-h-11 gap-2 px-4",
  small: "min-h-9 gap-1.5 px-3 text-sm",
  icon: "size-10",
} as const;

type Props = ComponentProps<"button"> & {
  look?: keyof typeof LOOKS;
  size?: keyof typeof SIZES;
  /** Something is under way. The button keeps the focus and its name, it only does nothing more. */
  busy?: boolean;
};

export function Button({ look = "plain", size = "normal", busy = false, className = "", type = "button", onClick, ...rest }: Props) {
  return (
    <button
      // A button that submits by accident is the likelier mistake.
      type={type}
      className={`inline-flex items-center justify-center rounded-lg border font-medium transition-colors disabled:opacity-50 aria-disabled:opacity-60 ${LOOKS[look]} ${SIZES[size]} ${className}`}
      {...(busy && { "aria-disabled": true })}
      onClick={(event) => {
        if (busy) event.preventDefault();
        else onClick?.(event);
      }}
      {...rest}
    />
  );
}
