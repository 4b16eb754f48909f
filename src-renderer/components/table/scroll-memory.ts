/** Where lists were scrolled to, for as long as the window is open. */
const positions = new Map<string, number>();

export function rememberScroll(key: string, top: number): void {
  positions.set(key, top);
}

/** px; 0 for a list that was not scrolled. */
export function recallScroll(key: string): number {
  return positions.get(key) ?? 0;
}
