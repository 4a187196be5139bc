/** Shapes for `Icon`, by what they say. */
export const icons = {
  plus: '<path d="M12 5v14M5 12h14"/>',
  send: '<path d="M12 19V5M6 11l6-6 6 6"/>',
  down: '<path d="M12 5v14M6 13l6 6 6-6"/>',
  stop: '<rect x="7" y="7" width="10" height="10" rx="2"/>',
  copy: '<rect x="9" y="9" width="11" height="11" rx="2"/><path d="M5 15V6a2 2 0 0 1 2-2h9"/>',
  edit: '<path d="M4 20h4L19 9l-4-4L4 16zM13 7l4 4"/>',
  again: '<path d="M20 11a8 8 0 1 0-2.3 6M20 5v6h-6"/>',
  left: '<path d="M15 6l-6 6 6 6"/>',
  right: '<path d="M9 6l6 6-6 6"/>',
  list: '<path d="M4 7h16M4 12h16M4 17h10"/>',
  sliders: '<path d="M4 7h10M18 7h2M4 17h2M10 17h10"/><circle cx="16" cy="7" r="2"/><circle cx="8" cy="17" r="2"/>',
  export: '<path d="M12 4v11M8 8l4-4 4 4M5 15v4h14v-4"/>',
  import: '<path d="M12 4v11M8 11l4 4 4-4M5 15v4h14v-4"/>',
  trash: '<path d="M5 7h14M10 7V4h4v3M7 7l1 13h8l1-13"/>',
  thought:
    '<path d="M12 3a6 6 0 0 1 3.5 10.9c-.9.7-1.3 1.4-1.5 2.6h-4c-.2-1.2-.6-1.9-1.5-2.6A6 6 0 0 1 12 3zM10 20h4"/>',
  tool: '<path d="M14.5 6.5a4 4 0 0 0-5.3 5.2L4 17l3 3 5.3-5.2a4 4 0 0 0 5.2-5.3L15 12l-3-3z"/>',
  prompt:
    '<path d="M8 4H6a2 2 0 0 0-2 2v12a2 2 0 0 0 2 2h2M16 4h2a2 2 0 0 1 2 2v12a2 2 0 0 1-2 2h-2M9 9h6M9 12h6M9 15h3"/>',
  close: '<path d="M6 6l12 12M18 6L6 18"/>',
  warn: '<path d="M12 4l9 16H3zM12 10v4M12 17v.5"/>',
};
