/** The timeline's icons: paths on a 16 × 16 grid, stroked with the text colour. */
export const timelineIcons = {
  zoomIn: 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9M10.4 10.4L14 14M7 5v4M5 7h4',
  zoomOut: 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9M10.4 10.4L14 14M5 7h4',
  fit: 'M1.5 3v10M14.5 3v10M4 8h8M6 5.8L3.8 8L6 10.2M10 5.8L12.2 8L10 10.2',
  selection: 'M2.5 5v-2.5h2.5M11 2.5h2.5V5M13.5 11v2.5H11M5 13.5H2.5V11M5.5 6.5h5v3h-5z',
  path: 'M1.5 4h4v3h-4zM6.5 9h3.5v3H6.5zM11 4h3.5v3H11zM5.5 5.5h1.5v3.5M10 10.5h2.5V7',
  gap: 'M1.5 4h3v8h-3zM11.5 4h3v8h-3zM6 8h4M7.3 6.7L6 8l1.3 1.3M8.7 6.7L10 8L8.7 9.3',
  search: 'M7 2.5a4.5 4.5 0 1 1 0 9a4.5 4.5 0 0 1 0-9M10.4 10.4L14 14',
  image: 'M2 3h12v10H2zM2 11l3.5-3.5l3 3l2-2L14 11.8M10.5 6h.01',
  vector: 'M3 12.5C3 6 13 10 13 3.5M1.5 12.5h3M11.5 3.5h3',
  keyboard: 'M1.5 4h13v8h-13zM4 6.6h.01M6.7 6.6h.01M9.3 6.6h.01M12 6.6h.01M5 9.5h6',
  panel: 'M2 3h12v10H2zM10 3v10',
  close: 'M4 4l8 8M12 4l-8 8',
  target: 'M8 4.5a3.5 3.5 0 1 1 0 7a3.5 3.5 0 0 1 0-7M8 1.5v3M8 11.5v3M1.5 8h3M11.5 8h3',
} as const;

export type TimelineIconName = keyof typeof timelineIcons;
