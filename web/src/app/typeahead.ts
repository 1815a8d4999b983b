/** What is typed between the key that opens the palette and its first paint belongs to the palette. */
let caught: string | null = null;

function take(event: KeyboardEvent): void {
  if (event.key.length !== 1 || event.ctrlKey || event.metaKey || event.altKey) return;
  caught += event.key;
  event.preventDefault();
  event.stopPropagation();
}

export function beginCatching(): void {
  if (caught !== null) return;
  caught = '';
  window.addEventListener('keydown', take, true);
}

export function caughtSoFar(): string {
  return caught ?? '';
}

export function endCatching(): void {
  window.removeEventListener('keydown', take, true);
  caught = null;
}
