import { Icon } from "./Icon";

/** What is wrong with a field, above it; read out when it appears. */
export function Wrong({ text }: { text: string | null }) {
  if (!text) return null;
  return (
    <p class="err" role="alert">
      <Icon name="x-c" />
      {text}
    </p>
  );
}
