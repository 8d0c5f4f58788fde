/** Icons: paths on a 16 × 16 grid, drawn with a 1.5 px stroke unless filled. */
export interface IconShape {
  readonly path: string;
  readonly filled?: boolean;
}

export const ICONS = {
  mark: { path: "M1 9h3l2-6 3 10 2-6 1 2h3" },
  play: { path: "M5 3.2v9.6l7.5-4.8z", filled: true },
  pause: { path: "M4 3h3v10H4zM9 3h3v10H9z", filled: true },
  stop: { path: "M4 4h8v8H4z", filled: true },
  record: { path: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3z", filled: true },
  close: { path: "M4 4l8 8M12 4l-8 8" },
  check: { path: "M3 8.5l3.5 3.5L13 5" },
  chevron: { path: "M4 6l4 4 4-4" },
  copy: { path: "M6 6h7v7H6zM10 6V3H3v7h3" },
  folder: { path: "M2 4.5h4l1.5 1.5H14v6.5H2z" },
  file: { path: "M4 2h5l3 3v9H4zM9 2v3h3" },
  bluetooth: { path: "M4.5 5l7 6L8 14V2l3.5 3-7 6" },
  simulator: { path: "M1.5 8c1.6-5.5 3.3-5.5 4.3-2.6C7 8.900 7.700 13 9.500 13c1.700 0 2.500-2.500 5-5" },
  scenario: { path: "M2 3.5h12M2 8h12M2 12.5h7" },
  sun: { path: "M8 5a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM8 1v1.500M8 13.500V15M1 8h1.500M13.500 8H15M3 3l1 1M12 12l1 1M13 3l-1 1M4 12l-1 1" },
  moon: { path: "M13 9.500A5.500 5.500 0 0 1 6.500 3a5.500 5.500 0 1 0 6.500 6.500z" },
  help: { path: "M5.500 6a2.500 2.500 0 1 1 3.500 2.300c-.7.3-1 .8-1 1.700M8 12.700v.1" },
  warning: { path: "M8 2l6.500 11.500h-13zM8 6.500v3.500M8 11.800v.1" },
  error: { path: "M5.200 1.800h5.600l3.400 3.400v5.600l-3.400 3.400H5.200l-3.400-3.400V5.200zM8 4.800v4M8 11.200v.1" },
  info: { path: "M8 1.800a6.200 6.200 0 1 0 0 12.400A6.200 6.200 0 0 0 8 1.800zM8 7.200v4M8 4.800v.1" },
  search: { path: "M7 2.500a4.500 4.500 0 1 0 0 9 4.500 4.500 0 0 0 0-9zM10.300 10.300L14 14" },
  clock: { path: "M8 1.800a6.200 6.200 0 1 0 0 12.400A6.200 6.200 0 0 0 8 1.800zM8 4.500V8l2.500 1.500" },
  list: { path: "M5.500 4H14M5.500 8H14M5.500 12H14M2.500 4h.1M2.500 8h.1M2.500 12h.1" },
  live: { path: "M8 4a4 4 0 1 0 0 8 4 4 0 0 0 0-8z", filled: true },
  connecting: { path: "M8 3a5 5 0 1 1-5 5" },
  silent: { path: "M8 3a5 5 0 1 0 0 10A5 5 0 0 0 8 3zM5.500 8h5" },
  lost: { path: "M8 2.500l6 10.500H2zM8 6.500v3M8 11.200v.1" },
  stopped: { path: "M4 4h8v8H4z" },
  drop: { path: "M8 2v8M4.500 7L8 10.500 11.500 7M3 13.500h10" },
  eye: { path: "M1.500 8c3.500-5.500 9.500-5.500 13 0-3.500 5.500-9.500 5.500-13 0zM8 6.250a1.750 1.750 0 1 0 0 3.500 1.750 1.750 0 0 0 0-3.500z" },
  pin: { path: "M5.500 2h5M6.500 2v4L4.500 8.500h7L9.500 6V2M8 8.500V14" },
  pinned: { path: "M5 1.500h6v1.500h-1V6l2.500 3H8.750v5h-1.500V9H3.500L6 6V3H5z", filled: true },
  back: { path: "M10 3L5 8l5 5" },
  heart: { path: "M1.500 8h3l1.500-4 3 8 1.500-4h4" },
  sort: { path: "M3 4.500h10M3 8h6.500M3 11.500h3" },
} as const satisfies Record<string, IconShape>;

export type IconName = keyof typeof ICONS;
