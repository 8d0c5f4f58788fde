/**
 * A tree as the lines of an outline: which nodes show, how deep, and where the
 * keys lead. A node goes by its path, so that it stays open and chosen while
 * every answer brings a new tree.
 */
export interface Branch<N> {
  readonly name: string;
  readonly children: readonly N[];
}

export interface Line<N> {
  readonly node: N;
  readonly path: string;
  readonly parent: string | null;
  /** From 1. */
  readonly level: number;
  /** From 1, among its siblings. */
  readonly position: number;
  readonly siblings: number;
  /** None for a leaf. */
  readonly open: boolean | null;
}

/** The lines that show, top to bottom. */
export function outline<N extends Branch<N>>(roots: readonly N[], isOpen: (path: string, node: N) => boolean): Line<N>[] {
  const lines: Line<N>[] = [];
  const add = (nodes: readonly N[], parent: string | null, level: number): void => {
    const seen = new Map<string, number>();
    nodes.forEach((node, index) => {
      const times = (seen.get(node.name) ?? 0) + 1;
      seen.set(node.name, times);
      // Two straps may have one name; their paths must differ all the same.
      const own = times === 1 ? node.name : `${node.name} (${times})`;
      const path = parent === null ? own : `${parent}/${own}`;
      const open = node.children.length === 0 ? null : isOpen(path, node);
      lines.push({ node, path, parent, level, position: index + 1, siblings: nodes.length, open });
      if (open) add(node.children, path, level + 1);
    });
  };
  add(roots, null, 1);
  return lines;
}

/** What an arrow to the side does on a line: go to another line, open, or close. */
export type SideStep = { readonly go: string } | { readonly open: boolean } | null;

/** Left closes or goes to the parent, right opens or goes to the first child. */
export function sideStep<N>(key: string, lines: readonly Line<N>[], at: number): SideStep {
  const line = lines[at];
  if (!line) return null;
  if (key === "ArrowRight") {
    if (line.open === false) return { open: true };
    const child = line.open ? lines[at + 1] : undefined;
    return child ? { go: child.path } : null;
  }
  if (key !== "ArrowLeft") return null;
  if (line.open) return { open: false };
  return line.parent === null ? null : { go: line.parent };
}
