/** Outlines on a 16 × 16 grid, drawn in the colour of the text around them. */
const outlines = {
  add: 'M8 3v10M3 8h10',
  arrowDown: 'M8 3v10M4 9l4 4 4-4',
  arrowUp: 'M8 13V3M4 7l4-4 4 4',
  brain:
    'M8 2.5c-3 0-4.7 1.9-4.7 4.2 0 1.7.9 2.6 1.5 3.4.4.5.6.9.6 1.4h5.2c0-.5.2-.9.6-1.4.6-.8 1.5-1.7 1.5-3.4C12.7 4.4 11 2.5 8 2.5zM6 13.5h4',
  check: 'M3 8.5l3.2 3.2L13 4.5',
  chevronDown: 'M4 6l4 4 4-4',
  chevronRight: 'M6 4l4 4-4 4',
  close: 'M4 4l8 8M12 4l-8 8',
  copy: 'M5.5 5.5v-3h8v8h-3M2.5 5.5h8v8h-8z',
  diff: 'M8 2.5v7M4.5 6h7M4.5 13h7',
  edit: 'M10.5 3l2.5 2.5L6 12.5l-3.2.7.7-3.2z',
  error: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4',
  file: 'M4 2h5l3 3v9H4zM9 2v3h3',
  folder: 'M2 4h4l1.5 2H14v7H2z',
  globe: 'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM2 8h12M8 2c-4 4-4 8 0 12M8 2c4 4 4 8 0 12',
  pause: 'M5.5 3.5v9M10.5 3.5v9',
  question:
    'M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2zM6.3 6.3c.1-1 .8-1.5 1.7-1.5 1 0 1.7.6 1.7 1.5 0 1.3-1.7 1.3-1.7 2.6M8 11v.3',
  retry: 'M13 3v3.5H9.5M12.8 6.3A5 5 0 1 0 13 9.5',
  search: 'M7 2.5a4.5 4.5 0 1 0 0 9 4.5 4.5 0 0 0 0-9zM10.3 10.3L14 14',
  shield: 'M8 2l5 2v4c0 3-2.2 5-5 6-2.8-1-5-3-5-6V4z',
  stop: 'M4 4h8v8H4z',
  terminal: 'M2 3h12v10H2zM4.5 6l2 2-2 2M8.5 10h3',
  tool: 'M9.5 2.7a3.5 3.5 0 0 0-2 4.7L2.7 12.2l1.1 1.1 4.8-4.8a3.5 3.5 0 0 0 4.7-4.3L11.2 6.3 9.7 4.8z',
  trash: 'M3 4.5h10M6 4.5V3h4v1.5M4.5 4.5l.5 8.5h6l.5-8.5M7 7v4M9 7v4',
  warning: 'M8 2.5l6 11H2zM8 6.5v3.5M8 11.7v.3',
} as const

export type IconName = keyof typeof outlines

/** Decoration: what it stands for is said beside it or by the button around it. */
export function Icon({ name }: { name: IconName }) {
  return (
    <svg class="icon" viewBox="0 0 16 16" aria-hidden="true" focusable="false">
      <path d={outlines[name]} />
    </svg>
  )
}

/** Turns while something is under way; stands still for those who asked for less motion. */
export function Spinner() {
  return <span class="spinner" aria-hidden="true" />
}
